"""Entering a workbook into the register, whole or not at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction

from ocop_portal.db import constraint_in_words
from ocop_portal.history import acting
from ocop_portal.models import AdministrativeUnit
from producers.models import Producer
from products.models import Certificate, Decision, ImportMapping, Product, ProductAlias
from products.register_workbook.columns import Layout, heading_keys
from products.register_workbook.names import Places
from products.register_workbook.plan import Plan, make_plan
from products.register_workbook.reading import Book, Sheet
from products.register_workbook.report import Progress, Report, quiet

M = TypeVar("M", bound=models.Model)
CHUNK = 250
_LOCK = 7_206_202_607
"""Key of the advisory lock under which one workbook is entered at a time."""


class Refused(ValidationError):
    """The workbook has faults, so nothing of it was entered; `report` says which."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"Chưa nhập gì: tệp có {report.counts['faults']} lỗi.")
        self.report = report


def import_register(
    *, book: Book, sheet: Sheet, layout: Layout, source: str, by: Any, progress: Progress = quiet
) -> Report:
    """Compare a sheet with the register as it is now, and add all that is new in one transaction.

    Nothing on record is changed, so entering the same workbook again adds nothing. `source` is the file's name, for
    the trail. Raises Refused (with the report) for faults, ValidationError where the register changed meanwhile.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise ValidationError("Đang có một tệp khác được nhập. Hãy thử lại sau một phút.")
            plan = make_plan(book, sheet, layout, progress)
            if not plan.report.ready:
                raise Refused(plan.report)
            with acting("import_register", by=by, reason=source[:200]):
                _write(plan, progress)
    except DatabaseError as error:
        raise ValidationError(
            f"Chưa nhập gì, vì sổ bộ không nhận: {constraint_in_words(error)} Sổ bộ có thể vừa được người khác "
            "thay đổi; hãy kiểm tra lại tệp rồi nhập lại."
        ) from error
    return plan.report


def _write(plan: Plan, progress: Progress) -> None:
    """The plan's records in the order of dependence. Triggers write the events and raise the revision."""
    _give_codes(plan)
    _create("Ghi chủ thể", Producer, plan.producers, progress)
    _create("Ghi sản phẩm", Product, plan.products, progress)
    if plan.awards is not None:
        _create("Ghi quyết định", Decision, plan.awards.decisions, progress)
    turns = plan.certificates
    everything, done = sum(map(len, turns)), 0
    for turn in turns:
        _create("Ghi giấy chứng nhận", Certificate, turn, progress, done, everything)
        done += len(turn)


def _create(
    stage: str, model: type[M], records: Sequence[M], progress: Progress, before: int = 0, total: int = 0
) -> None:
    for start in range(0, len(records), CHUNK):
        piece = records[start : start + CHUNK]
        model._default_manager.bulk_create(piece)
        progress(stage, before + start + len(piece), total or len(records))


def _give_codes(plan: Plan) -> None:
    """`(province)-(commune)-(serial)-(year)` for new products without a code: serials go on within commune and year.

    A code that any product bears or ever bore is left out.
    """
    if not plan.products or plan.awards is None:
        return
    places = plan.awards.holdings.places
    years: dict[int, int] = {}
    for turn in plan.certificates:
        for certificate in turn:
            years.setdefault(id(certificate.product), certificate.valid_from.year)
    wanted = [(p, _prefix(p.place, places), years[id(p)]) for p in plan.products if not p.code]
    taken = _serials({prefix for _, prefix, _ in wanted})
    given = {p.code.upper() for p in plan.products if p.code}
    for product, prefix, year in wanted:
        while True:
            taken[prefix, year] += 1
            code = f"{prefix}-{taken[prefix, year]:03d}-{year}"
            if code not in given:
                break
        product.code = code


def _prefix(unit: AdministrativeUnit, places: Places) -> str:
    """`06-02173`: codes of province and unit, as in decision 19/2025/QĐ-TTg."""
    top = unit
    while (parent := places.units.get(top.parent_id or 0)) is not None:
        top = parent
    return f"{top.code}-{unit.code}"


def _serials(prefixes: Iterable[str]) -> defaultdict[tuple[str, int], int]:
    """The last serial in use per prefix and year, old codes included. Two queries."""
    last: defaultdict[tuple[str, int], int] = defaultdict(int)
    shape = rf"^({'|'.join(sorted(prefixes))})-[0-9]{{1,6}}-[0-9]{{4}}$"
    for model in (Product, ProductAlias):
        for code in model.objects.filter(code__regex=shape).values_list("code", flat=True):  # type: ignore[attr-defined]
            prefix, serial, year = code.rsplit("-", 2)
            last[prefix, int(year)] = max(last[prefix, int(year)], int(serial))
    return last


@transaction.atomic
def save_import_mapping(*, layout: Layout, by: Any) -> ImportMapping:
    """Remember what the columns of workbooks with these headings hold."""
    keys = heading_keys(layout)
    columns = {keys[column]: name for column, name in sorted(layout.fields.items())}
    with acting("save_import_mapping", by=by):
        mapping, _ = ImportMapping.objects.update_or_create(
            signature=layout.signature, defaults={"columns": columns}
        )
    return mapping


def recall_mapping(signature: str) -> Mapping[str, str] | None:
    """What was said of these headings before."""
    return ImportMapping.objects.filter(signature=signature).values_list("columns", flat=True).first()


__all__ = ["Refused", "import_register", "recall_mapping", "save_import_mapping"]
