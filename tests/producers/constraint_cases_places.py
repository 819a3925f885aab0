"""For each constraint of where points of sale lie, a write that only it refuses."""

from producers.models import PromotionImage
from tests.producers.support_rows import PointFactory, PromotionFactory

CASES = {
    "pointofsale_in_viet_nam": lambda: PointFactory(longitude="105.9", latitude=None),
    "promotionimage_has_rendition": lambda: PromotionImage.objects.create(
        promotion=PromotionFactory(), alt="Gian hàng", width=320, height=240, widths=[]
    ),
}
NEVER_DELETED: dict = {}
