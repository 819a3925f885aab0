"""What the office makes public of its own accord: a draft, then published for ever, perhaps withdrawn with a reason."""

from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from ocop_portal.db import never_deleted

STATES = {"": "Mọi trạng thái", "draft": "Bản nháp", "standing": "Đang đăng", "withdrawn": "Đã gỡ"}
"""The states by which the desk lists what is published."""


class PublicationQuerySet(models.QuerySet[Any]):
    """Publications in public and at the desk."""

    def in_public(self) -> Self:
        """What an address answers for: published, also where it was withdrawn since."""
        return self.filter(published_on__isnull=False)

    def standing(self) -> Self:
        """What is published and was not withdrawn."""
        return self.in_public().filter(withdrawn_on__isnull=True)

    def in_state(self, state: str) -> Self:
        """Those in one of `STATES`; all of them for anything else."""
        match state:
            case "draft":
                return self.filter(published_on__isnull=True)
            case "standing":
                return self.standing()
            case "withdrawn":
                return self.filter(withdrawn_on__isnull=False)
        return self


class Publication(models.Model):
    """A draft until it is published; from then on its address resolves for ever.

    Withdrawn, it says so with the reason and shows nothing else. It is never deleted. The model has a `title`, takes
    `publication_triggers()` and `publication_constraints()`, and says by a trigger of its own when its address stays.
    """

    slug = models.SlugField("tên trong địa chỉ", max_length=90)
    published_on = models.DateField("đăng ngày", null=True, blank=True)
    withdrawn_on = models.DateField("gỡ ngày", null=True, blank=True)
    withdrawn_reason = models.CharField("lý do gỡ", max_length=300, blank=True)
    made_up = models.BooleanField("dữ liệu minh họa", default=False)

    title: Any
    objects = PublicationQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.title)

    @property
    def state(self) -> str:
        """In words: bản nháp, đang đăng, đã gỡ."""
        if self.withdrawn_on:
            return "đã gỡ"
        return "đang đăng" if self.published_on else "bản nháp"

    @property
    def is_draft(self) -> bool:
        return self.published_on is None

    @property
    def is_standing(self) -> bool:
        return self.published_on is not None and self.withdrawn_on is None


def publication_triggers() -> list[pgtrigger.Trigger]:
    """Nothing is deleted or unpublished, and what was withdrawn stays as it was."""
    return [
        never_deleted(),
        pgtrigger.Protect(
            name="never_unpublished",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(
                old__published_on__isnull=False, old__published_on__df=pgtrigger.F("new__published_on")
            ),
        ),
        pgtrigger.Protect(
            name="withdrawn_stays",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__withdrawn_on__isnull=False),
        ),
    ]


def publication_constraints(name: str, noun: str, *, says: tuple[str, str]) -> list[models.BaseConstraint]:
    """One address each; published with something in a field; withdrawn after that, with a reason.

    `name` begins the names of the constraints; `noun` is what people call it inside a sentence: tin, bộ sưu tập; `says`
    is the field and what people call that.
    """
    field, what = says
    return [
        models.UniqueConstraint(
            fields=["slug"],
            name=f"{name}_address_once",
            violation_error_message=f"Đã có {noun} khác ở địa chỉ này.",
        ),
        models.CheckConstraint(
            condition=Q(published_on__isnull=True) | ~Q(**{f"{field}__regex": r"^\s*$"}),
            name=f"{name}_published_says_something",
            violation_error_message=f"{noun.capitalize()} đăng lên phải có {what}.",
        ),
        models.CheckConstraint(
            condition=Q(withdrawn_on__isnull=True)
            | Q(published_on__isnull=False, withdrawn_on__gte=F("published_on")),
            name=f"{name}_withdrawn_after_published",
            violation_error_message=f"Chỉ gỡ được {noun} đã đăng, từ ngày đăng trở đi.",
        ),
        models.CheckConstraint(
            condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
            | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason__regex=r"^\s*$"),
            name=f"{name}_withdrawn_with_reason",
            violation_error_message=f"Gỡ {noun} thì phải ghi lý do, và ngược lại.",
        ),
    ]
