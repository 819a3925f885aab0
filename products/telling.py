"""What the register tells everybody of one product on a day: page, badge, card and machine-readable data alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import Http404

from products.catalogue import status_label
from products.models import Certificate, Product
from products.standing import STANDS, Standing
from products.verdict import Verdict, is_silent, silent, verdict


@dataclass(frozen=True)
class Told:
    """One product as of a day. No query: `certificates` are all it ever had, oldest first, at least one."""

    product: Product
    certificates: Sequence[Certificate]
    day: date

    @cached_property
    def governing(self) -> Certificate | None:
        """As `CertificateQuerySet.governing`: the last begun by then."""
        begun = [c for c in self.certificates if c.valid_from <= self.day]
        return next((c for c in begun if c.superseded_on is None or c.superseded_on > self.day), None)

    @property
    def _spoken_of(self) -> Certificate:
        return self.governing or self.certificates[0]

    @cached_property
    def hidden(self) -> bool:
        """Whether the register says nothing: what is known from a source alone, after that source's end."""
        return is_silent(self._spoken_of, self.governing, self.day)

    @property
    def certificate(self) -> Certificate | None:
        """The certificate by which the product is told; None where nothing is told."""
        return None if self.hidden else self._spoken_of

    @property
    def standing(self) -> Standing | None:
        """Its standing; None where nothing is told."""
        return self.certificate.standing_on(self.day) if self.certificate else None

    @property
    def stands(self) -> bool:
        """Whether the star may be used on the day."""
        return self.standing in STANDS

    @property
    def stars(self) -> int:
        """The stars that may be used on the day: 3 to 5, or 0."""
        return self.certificate.stars if self.certificate and self.stands else 0

    @property
    def status(self) -> str:
        return self._spoken_of.standing_on(self.day).value

    @property
    def status_label(self) -> str:
        """The standing in words with its date; meaningful only where something is told."""
        return status_label(self._spoken_of, self.day)

    @property
    def verdict(self) -> Verdict:
        return silent(self.product) if self.hidden else verdict(self._spoken_of, self.day)


def tell(product: Product, day: date) -> Told:
    """What is told of the product on the day. One query. Raises Http404 for a product without any certificate:

    what was never recognised is not in the public register.
    """
    certificates = list(
        product.certificates.select_related("decision", "extension_decision", "revocation_decision")
    )
    if not certificates:
        raise Http404(f"Không có sản phẩm nào mang mã {product.code} trong sổ bộ.")
    for certificate in certificates:
        certificate.product = product
    return Told(product, certificates, day)
