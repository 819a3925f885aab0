"""Triggers that keep what was filed, scored and decided."""

from collections.abc import Sequence

import pgtrigger

from ratings.transitions import CLOSED


def _refuse(name: str, condition: str, told: str, *, on: str = "dossier") -> str:
    """Body of a row trigger that raises where the condition on `subject` (the row's dossier or sheet) fails."""
    return f"""
        IF TG_OP = 'DELETE' THEN subject := OLD.{on}_id; ELSE subject := NEW.{on}_id; END IF;
        IF NOT EXISTS ({condition}) THEN
            RAISE EXCEPTION '{name}: {told}' USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """


def _list(states: Sequence[str]) -> str:
    return ", ".join(f"'{state}'" for state in map(str, states))


def written_while(name: str, states: Sequence[str]) -> pgtrigger.Trigger:
    """A part of a dossier is written only while its dossier is in one of the states."""
    condition = f"SELECT 1 FROM ratings_dossier WHERE id = subject AND state IN ({_list(states)})"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("subject", "bigint")],
        func=_refuse(name, condition, "the dossier is not open to this writing"),
    )


def of_the_dossiers_set() -> pgtrigger.Trigger:
    """A criterion named by a part of a dossier belongs to the dossier's criteria set."""
    return pgtrigger.Trigger(
        name="criterion_of_the_set",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
        IF NEW.criterion_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM ratings_criterion c JOIN ratings_dossier d ON d.criteria_set_id = c.criteria_set_id
             WHERE c.id = NEW.criterion_id AND d.id = NEW.dossier_id) THEN
            RAISE EXCEPTION 'criterion %: of another criteria set', NEW.criterion_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
        """,
    )


def frozen_once_closed() -> pgtrigger.Trigger:
    """A decided, withdrawn or excluded dossier never changes again."""
    return pgtrigger.Protect(
        name="frozen_once_closed",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state__in=[str(s) for s in CLOSED]),
    )


def sheet_frozen_once_signed() -> pgtrigger.Trigger:
    """Signing freezes a sheet: correction is a new sheet, opened with a reason."""
    return pgtrigger.Protect(
        name="frozen_once_signed",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__signed_at__isnull=False),
    )


def choice_of_an_open_sheet() -> pgtrigger.Trigger:
    """A choice is written only on an unsigned sheet of a dossier being scored, for a criterion of its set."""
    condition = """
            SELECT 1 FROM ratings_scoresheet s JOIN ratings_dossier d ON d.id = s.dossier_id
              JOIN ratings_criterion c ON c.criteria_set_id = d.criteria_set_id
             WHERE s.id = subject AND s.signed_at IS NULL AND d.state = 'scoring' AND c.id = given"""
    body = _refuse("choice", condition, "the sheet is signed, or not open to this criterion", on="sheet")
    return pgtrigger.Trigger(
        name="of_an_open_sheet",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("subject", "bigint"), ("given", "bigint")],
        func="""
        IF TG_OP = 'DELETE' THEN given := OLD.criterion_id; ELSE given := NEW.criterion_id; END IF;"""
        + body,
    )


def referral_answered_once() -> pgtrigger.Trigger:
    """The ministry's answer is recorded once."""
    return pgtrigger.Protect(
        name="answered_once",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__total__isnull=False),
    )
