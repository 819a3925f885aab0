"""For the constraint of the catalogue's counts, a write that only it refuses."""

from products.models import Tally
from tests.factories import CertificateFactory


def cell_twice():
    CertificateFactory()
    cell = Tally.objects.get()
    cell.pk = None
    cell.save()


CASES = {"tally_cell_once": cell_twice}
NEVER_DELETED = {}
