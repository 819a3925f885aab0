"""Triggers that keep certificates and decisions as they were issued.

`certificate_succession` keeps the chain: each certificate knows the day its product's next one begins, so
that "which certificate governs this product on that day" is a plain range of dates.
"""

import pgtrigger


def certificate_succession() -> pgtrigger.Trigger:
    """On insert: tell the predecessor the day it is succeeded, and the new one its own successor.

    A *first* recognition succeeds only what has ended by then; where the earlier certificate still runs, the
    chain is left open, so that the exclusion constraint refuses the overlap. The other kinds replace it.
    """
    return pgtrigger.Trigger(
        name="succession",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("follower", "RECORD")],
        func="""
        SELECT valid_from, kind INTO follower FROM products_certificate
         WHERE product_id = NEW.product_id AND valid_from > NEW.valid_from
         ORDER BY valid_from, id LIMIT 1;
        IF FOUND AND (follower.kind <> 'first' OR follower.valid_from > COALESCE(NEW.extended_to, NEW.valid_to)) THEN
            NEW.superseded_on := follower.valid_from;
        END IF;
        UPDATE products_certificate SET superseded_on = NEW.valid_from
         WHERE id = (SELECT id FROM products_certificate
                      WHERE product_id = NEW.product_id AND valid_from <= NEW.valid_from
                      ORDER BY valid_from DESC, id DESC LIMIT 1)
           AND (NEW.kind <> 'first'
                OR COALESCE(extended_to, valid_to) < NEW.valid_from
                OR revoked_on <= NEW.valid_from)
           AND (superseded_on IS NULL OR superseded_on > NEW.valid_from);
        RETURN NEW;
        """,
    )


def certificate_printed_columns_frozen() -> pgtrigger.Trigger:
    """What is printed on an issued certificate never changes: a mistake is put right by a re-issue."""
    return pgtrigger.Protect(
        name="printed_columns_frozen",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(
            "product", "decision", "number", "public_id", "kind", "stars", "total", "valid_from", "valid_to"
        ),
    )


def certificate_facts_written_once() -> pgtrigger.Trigger:
    """Extension and revocation are written once; succession may only move earlier, as history is filled in."""
    return pgtrigger.Trigger(
        name="facts_written_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="""
        IF (OLD.extended_to IS NOT NULL AND ROW(NEW.extended_to, NEW.extension_reason, NEW.extension_decision_id)
                IS DISTINCT FROM ROW(OLD.extended_to, OLD.extension_reason, OLD.extension_decision_id))
           OR (OLD.revoked_on IS NOT NULL
               AND ROW(NEW.revoked_on, NEW.revocation_ground, NEW.revocation_reason, NEW.revocation_decision_id)
                   IS DISTINCT FROM
                   ROW(OLD.revoked_on, OLD.revocation_ground, OLD.revocation_reason, OLD.revocation_decision_id))
           OR (OLD.superseded_on IS NOT NULL
               AND (NEW.superseded_on IS NULL OR NEW.superseded_on > OLD.superseded_on)) THEN
            RAISE EXCEPTION 'certificate %: what was recorded is never changed', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
        """,
    )


def alias_stays() -> pgtrigger.Trigger:
    """A code once issued leads to its product for ever: it is neither re-pointed nor rewritten."""
    return pgtrigger.Protect(
        name="stays", operation=pgtrigger.Update, condition=pgtrigger.AnyChange("product", "code")
    )


def decision_frozen_once_used() -> pgtrigger.Trigger:
    """Number, day and body of a decision stay as they are once a certificate rests on it."""
    return pgtrigger.Trigger(
        name="frozen_once_used",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("number", "signed_on", "kind", "issuer", "issuer_level", "ruleset"),
        func="""
        IF EXISTS (SELECT 1 FROM products_certificate
                    WHERE decision_id = OLD.id OR revocation_decision_id = OLD.id OR extension_decision_id = OLD.id)
        THEN
            RAISE EXCEPTION 'decision %: certificates rest on it', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
        """,
    )


def notice_stays_as_sent() -> pgtrigger.Trigger:
    """A letter that went out stays as it was written; it may only be declared void."""
    return pgtrigger.Protect(
        name="stays_as_sent",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(exclude=["voided_on", "void_reason", "year"]),
    )


def notice_line_stays() -> pgtrigger.Trigger:
    """What a letter told of stays; a line is void once its letter is."""
    return pgtrigger.Protect(
        name="stays", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["voided"])
    )


def void_for_ever(column: str) -> pgtrigger.Trigger:
    """What was declared void is never changed again. `column` is filled, or true, from then on."""
    void = (
        pgtrigger.Q(**{f"old__{column}": True})
        if column == "voided"
        else pgtrigger.Q(**{f"old__{column}__isnull": False})
    )
    return pgtrigger.Protect(name="void_for_ever", operation=pgtrigger.Update, condition=void)
