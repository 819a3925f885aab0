"""Triggers that keep inspections, warnings and citizens' reports as they were recorded."""

from collections.abc import Sequence

import pgtrigger

FINDINGS = ("producer", "kind", "done_on", "inspectors", "conclusion", "summary", "measures", "follow_up_on")
"""What the minutes of an inspection say; changed after its recording only by a correction with its reason."""
WARNED = ("number", "warned_on", "producer", "product", "inspection", "complaint", "requirement", "due_on")
SENT = (
    "code",
    "kind",
    "seen",
    "where_bought",
    "bought_on",
    "pack",
    "photo",
    "received_on",
)
"""What a citizen wrote. Not even a slip of the pen is put right: the answer may say so."""


def _changed(columns: Sequence[str]) -> str:
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("NEW", "OLD"))
    return f"ROW({new}) IS DISTINCT FROM ROW({old})"


def inspection_corrected_aloud() -> pgtrigger.Trigger:
    """What was recorded changes only together with the number of its correction, whose reason stands in the row."""
    columns = [f"{name}_id" if name == "producer" else name for name in FINDINGS]
    return pgtrigger.Trigger(
        name="corrected_aloud",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state="done"),
        func=f"""
        IF NEW.state <> 'done' OR NEW.corrections NOT IN (OLD.corrections, OLD.corrections + 1)
           OR (NEW.corrections = OLD.corrections AND ({_changed(columns)})) THEN
            RAISE EXCEPTION 'inspection %: recorded, corrected only with a reason', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.followed_up_on IS NOT NULL
           AND ROW(NEW.followed_up_on, NEW.follow_up_note) IS DISTINCT FROM ROW(OLD.followed_up_on, OLD.follow_up_note)
        THEN
            RAISE EXCEPTION 'inspection %: its follow-up was recorded', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
        """,
    )


def cancelled_stays() -> pgtrigger.Trigger:
    """A cancelled inspection never comes back: another one is planned."""
    return pgtrigger.Protect(
        name="cancelled_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state="cancelled"),
    )


def of_a_planned_inspection() -> pgtrigger.Trigger:
    """Which products an inspection covers is settled while it is planned."""
    return pgtrigger.Trigger(
        name="of_a_planned_inspection",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("subject", "bigint")],
        func="""
        IF TG_OP = 'DELETE' THEN subject := OLD.inspection_id; ELSE subject := NEW.inspection_id; END IF;
        IF NOT EXISTS (SELECT 1 FROM products_inspection WHERE id = subject AND state = 'planned') THEN
            RAISE EXCEPTION 'inspection %: its products are settled', subject USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """,
    )


def finding_of_this_turn() -> pgtrigger.Trigger:
    """A finding is written with the recording or correction it belongs to, and never into an earlier one."""
    return pgtrigger.Trigger(
        name="of_this_turn",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
        IF NOT EXISTS (SELECT 1 FROM products_inspection
                        WHERE id = NEW.inspection_id AND state = 'done' AND corrections = NEW.turn) THEN
            RAISE EXCEPTION 'finding: not of the present turn of its inspection'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
        """,
    )


def never_changed() -> pgtrigger.Trigger:
    """A row that is written once."""
    return pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)


def warning_kept() -> pgtrigger.Trigger:
    """A warning stays as it was sent, and what became of it is written once."""
    columns = [f"{n}_id" if n in ("producer", "product", "inspection", "complaint") else n for n in WARNED]
    return pgtrigger.Trigger(
        name="kept_as_sent",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
        IF ({_changed(columns)}) OR OLD.remedied_on IS NOT NULL THEN
            RAISE EXCEPTION 'warning %: kept as it was sent', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
        """,
    )


def complaint_kept() -> pgtrigger.Trigger:
    """What a citizen sent stays as it was sent; the contact is erased and never rewritten; a product it named stays."""
    return pgtrigger.Trigger(
        name="kept_as_sent",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
        IF ({_changed(SENT)})
           OR (NEW.contact_phone <> OLD.contact_phone AND NEW.contact_phone <> '')
           OR (NEW.contact_email <> OLD.contact_email AND NEW.contact_email <> '')
           OR (OLD.pack = '' AND NEW.product_id IS DISTINCT FROM OLD.product_id) THEN
            RAISE EXCEPTION 'complaint %: kept as it was sent', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
        """,
    )
