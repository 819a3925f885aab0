"""What several apps need of the database: constraint errors in words, and triggers that refuse."""

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction


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


def _violated(error: IntegrityError) -> str | None:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)


def constraint_in_words(error: IntegrityError) -> str:
    """The sentence of whichever constraint of ours the error speaks of."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == _violated(error):
                return str(constraint.violation_error_message)
    return "dữ liệu trái với quy tắc của sổ bộ."
