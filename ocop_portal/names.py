"""Records named in bulk, and values as a reader knows them: what sentences about any row of any model are made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import FileField, Model
from django.utils import timezone
from django.utils.formats import number_format

from ocop_portal.journal import json_of
from ocop_portal.trail import NAMED


class _NotFetched(Exception):
    """A name asked for a record that has not been fetched."""


def _refuse(*args: Any, **kwargs: Any) -> Any:
    raise _NotFetched


class _Absent:
    """Stands for a record that has not been fetched: whatever is asked of it is refused."""

    __str__ = __getattr__ = _refuse


_FAULTS = (_NotFetched, AttributeError, TypeError, ValueError)


@dataclass
class Names:
    """The names of records, fetched in bulk. A name that leans on further records costs one query more, once."""

    known: dict[tuple[type[Model], Any], Model] = field(default_factory=dict)
    _given: dict[tuple[type[Model], Any], str] = field(default_factory=dict)

    def fetch(self, wanted: Iterable[tuple[type[Model], Any]]) -> None:
        """Read the records that are not known yet. One query at most."""
        by_model: dict[type[Model], set[Any]] = {}
        for model, key in wanted:
            if key is not None and (model, key) not in self.known:
                by_model.setdefault(model, set()).add(key)
        if not by_model:
            return
        models_ = list(by_model)
        sql, params = [], []
        for place, model in enumerate(models_):
            quoted = ", ".join(connection.ops.quote_name(f.column) for f in columns_of(model))
            table = connection.ops.quote_name(model._meta.db_table)
            key = connection.ops.quote_name(model._meta.pk.column)  # type: ignore[union-attr, arg-type]
            sql.append(
                f"SELECT {place}, to_jsonb(t)::text FROM (SELECT {quoted} FROM {table} WHERE {key} = ANY(%s)) t"
            )
            params.append(list(by_model[model]))
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(sql), params)
            for place, row in cursor.fetchall():
                found = instance(models_[place], json_of(row))
                self.known[(models_[place], found.pk)] = found

    def of(self, record: Model) -> str:
        """The record's own words; its kind and key where they lean on something that was not fetched."""
        if by := NAMED.get(record._meta.label_lower):
            column: Any = record._meta.get_field(by)
            return self.get(column.related_model, getattr(record, column.attname))
        self._bind(record)
        try:
            with connection.execute_wrapper(_refuse):
                return str(record)
        except _FAULTS:
            return f"{record._meta.verbose_name} số {record.pk}"

    def _bind(self, record: Model, depth: int = 2) -> None:
        """Point the record at what is known, and that at what it leans on itself."""
        for relation in relations_of(type(record)):
            if (key := getattr(record, relation.attname)) is not None:
                target = self.known.get((relation.related_model, key), _Absent())
                relation.set_cached_value(record, target)
                if depth and isinstance(target, Model):
                    self._bind(target, depth - 1)

    def leaning(self, record: Model) -> bool:
        """Whether its name needs records that it points at and that are not known."""
        if record._meta.label_lower in NAMED:
            return True
        self._bind(record)
        try:
            with connection.execute_wrapper(_refuse):
                str(record)
        except _NotFetched:
            return True
        except _FAULTS:
            pass
        return False

    def get(self, model: type[Model], key: Any) -> str:
        """The name under a key; the key itself where no such record is left."""
        if key is None:
            return ""
        record = self.known.get((model, key))
        if record is None:
            return f"{model._meta.verbose_name} số {key}"
        if (model, key) not in self._given:
            self._given[(model, key)] = self.of(record)
        return self._given[(model, key)]


def columns_of(model: type[Model]) -> list[Any]:
    """The columns a record is known by: those of its events where it has some, without secrets and generated ones."""
    if hasattr(model, "pgh_event_model"):
        told = {f.column for f in model.pgh_event_model._meta.concrete_fields}
        return [f for f in model._meta.concrete_fields if f.column in told]
    return [f for f in model._meta.concrete_fields if not f.generated]


def relations_of(model: type[Model]) -> list[Any]:
    return [f for f in model._meta.concrete_fields if f.is_relation]


def value_of(column: Any, raw: Any) -> Any:
    """A column's value out of JSON; what cannot be read stays as it is."""
    if raw is None:
        return None
    try:
        return (column.target_field if column.is_relation else column).to_python(raw)
    except Exception:
        return raw


def instance(model: type[Model], row: dict[str, Any]) -> Model:
    """The record as a version of its row tells it. Not to be saved."""
    told = {f.attname: value_of(f, row[f.column]) for f in columns_of(model) if f.column in row}
    return model(**told)


def shown(column: Any, value: Any, names: Names) -> str:
    """A value as a reader knows it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(column, FileField):
        return "có tệp"
    if column.is_relation:
        return names.get(column.related_model, value)
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%H:%M %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, Decimal | float):
        return number_format(value, use_l10n=True, force_grouping=True)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
