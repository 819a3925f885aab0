"""Named reads of products, decisions and certificates. Every read that depends on the day takes it."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import models
from django.db.models import F, Q, Value

from ocop_portal.folding import Words, prefix_query
from producers.querysets import scope_of
from products.standing import standing_case, standing_condition, stands_condition


def found_by(found: Any, text: str, words: str) -> Any:
    """Those of which `words` have every word of the text, the last one unfinished. Of signs alone none is found."""
    query = prefix_query(text)
    if not query:
        return found.none() if text.strip() else found
    return found.filter(**{words: SearchQuery(query, config="simple", search_type="raw")})


class ProductQuerySet(models.QuerySet[Any]):
    """Products of the register."""

    def visible_to(self, user: Any) -> Self:
        """Those in the user's scope at the desk."""
        return self.filter(
            scope_of(user, place="place", own="producer__accounts")
            | scope_of(user, place="producer__place", own="producer__accounts")
        )

    def with_place(self) -> Self:
        """With producer, group and the units that a place is told by, in one query."""
        return self.select_related("producer", "group", "place", "place__district", "place__current")

    def bearing(self, code: str) -> Any | None:
        """The product that bears or ever bore the code; None if the code was never issued."""
        # Two look-ups joined by UNION, each by its index; an OR across tables would read both from end to end.
        alias = self.model._meta.get_field("aliases").related_model
        now = self.model.objects.order_by().filter(code__iexact=code).values("pk")
        before = alias.objects.order_by().filter(code__iexact=code).values("product")
        found = self.filter(pk__in=now.union(before))[:2]
        return next((p for p in found if p.code.lower() == code.lower()), next(iter(found), None))

    def search(self, text: str) -> Self:
        """Those whose name, producer, place or code have every word of the text, the last one unfinished."""
        return found_by(self, text, "search_entry__words")


class DecisionQuerySet(models.QuerySet[Any]):
    """Decisions, newest first by default."""

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)


class GoverningQuerySet(models.QuerySet[Any]):
    """Rows with the dates of a certificate. A *governing* one is that by which its product is judged on a day."""

    QUIET = "product__listed_only_while_standing"
    """Where it stands that sources say nothing of the product after its end."""
    WORDS = "product__search_entry__words"

    def governing(self, day: date) -> Self:
        """One certificate per product that has any by then: the last begun, standing or not."""
        return self.filter(valid_from__lte=day).filter(
            Q(superseded_on__isnull=True) | Q(superseded_on__gt=day)
        )

    def standing(self, day: date) -> Self:
        """Governing certificates whose star may be used on the day."""
        return self.governing(day).filter(stands_condition(day))

    def in_standing(self, day: date, standings: tuple[str, ...]) -> Self:
        """Governing certificates that have one of the standings on the day."""
        return self.governing(day).filter(standing_condition(day, standings))

    def public(self, day: date) -> Self:
        """What the register says in public: governing certificates, less those of which sources say nothing.

        A product known from a source alone is listed only while that source shows it standing.
        """
        return self.governing(day).filter(Q(**{self.QUIET: False}) | stands_condition(day))

    def with_standing(self, day: date) -> Self:
        """With `standing` computed by the database."""
        return self.annotate(standing=standing_case(day))

    def search(self, text: str) -> Self:
        """Those whose product is found by the text, as `ProductQuerySet.search`."""
        return found_by(self, text, self.WORDS)

    def ranked(self, text: str) -> Self:
        """With `rank`: exact diacritics first, then the name, then producer, place and code."""
        exact = SearchQuery(Words(Value(text)), config="simple", search_type="plain")
        folded = SearchQuery(prefix_query(text), config="simple", search_type="raw")
        weights = [0.0, 0.1, 0.4, 1.0]
        return self.annotate(
            rank=SearchRank(F(self.WORDS), exact, weights=weights)
            + SearchRank(F(self.WORDS), folded, weights=weights)
        )


class CertificateQuerySet(GoverningQuerySet):
    """Certificates."""

    def with_product(self) -> Self:
        """With all that a line of the register tells, in one query."""
        return self.select_related(
            "decision",
            "product__producer",
            "product__group",
            "product__place",
            "product__place__district",
            "product__place__current",
        )

    def with_photos(self) -> Self:
        """With the photos of each product, in one query more."""
        return self.prefetch_related("product__images")


class SearchEntryQuerySet(GoverningQuerySet):
    """Products with the certificate that none has followed: it governs from its first day on."""

    QUIET, WORDS = "listed_only_while_standing", "words"

    def governing(self, day: date) -> Self:
        """Those whose certificate governs on the day. Of others an earlier one may: it knows by whom it is followed."""
        return self.filter(valid_from__lte=day)

    def with_standing(self, day: date) -> Self:
        """With `standing`, of those that govern."""
        return self.annotate(standing=standing_case(day, governing=True))
