"""What several apps need of the database: constraint errors in words, and triggers that refuse."""

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.apps import AppConfig, apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, connections, models, transaction

MAY_TRUNCATE = "ocop_portal.may_truncate"
"""The database's own setting under which emptying is allowed. Set for databases of tests, and never elsewhere."""


def never_deleted() -> pgtrigger.Trigger:
    """Trigger for `Meta.triggers` of a table of which nothing is ever deleted."""
    return pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


@contextmanager
def constraints_in_words(model: type[models.Model], field: str | None = None) -> Iterator[None]:
    """Turn a violated constraint of `model` into a ValidationError with the constraint's own sentence.

    Forms check constraints before they save, but a second session may slip between the check and the save.
    The block runs in a savepoint, so that the surrounding transaction stays usable.

    Raises ValidationError (on `field`, if given); an unknown constraint is raised as it came.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        for constraint in model._meta.constraints:
            if constraint.name == _violated(error):
                message = ValidationError(constraint.violation_error_message, code=constraint.name)
                raise (ValidationError({field: message}) if field else message) from error
        raise


def _violated(error: DatabaseError) -> str | None:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)


def refuse_truncate(sender: AppConfig, using: str, **kwargs: object) -> None:
    """After each migration: TRUNCATE, which no row trigger sees, is refused on tables that are never deleted from

    and on all events. Not in `Meta.triggers`, so that a table that is added later cannot be forgotten.
    """
    tables = [m._meta.db_table for m in sender.get_models() if _kept_for_ever(m)]
    if not tables:
        return
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM pg_trigger"
            " WHERE tgrelid = to_regclass(quote_ident(name)) AND tgname = 'refuse_truncate')",
            [tables],
        )
        if not (unguarded := [name for (name,) in cursor.fetchall()]):
            return
        cursor.execute(_REFUSE_TRUNCATE)
        for name in unguarded:
            table = connections[using].ops.quote_name(name)
            cursor.execute(
                f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table}"
                " EXECUTE FUNCTION ocop_portal_refuse_truncate()"
            )


_REFUSE_TRUNCATE = f"""
CREATE OR REPLACE FUNCTION ocop_portal_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('{MAY_TRUNCATE}', true) IS DISTINCT FROM 'yes' THEN
        RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""


def _kept_for_ever(model: type[models.Model]) -> bool:
    from pghistory.models import Event  # a module of models: not before the apps are there

    triggers = getattr(model._meta, "triggers", ())
    return issubclass(model, Event) or any(t.name == "never_deleted" for t in triggers)


def constraint_in_words(error: DatabaseError) -> str:
    """The sentence of whichever constraint of ours the error speaks of."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == _violated(error):
                return str(constraint.violation_error_message)
    if isinstance(error, DataError):
        return "có ngày, số hoặc chữ mà sổ bộ không ghi được; hãy xem lại thứ tự các ngày."
    return "dữ liệu trái với quy tắc của sổ bộ."
