"""What is made: the product and what belongs to its description."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ocop_portal.db import never_deleted
from ocop_portal.folding import Fold, Key
from ocop_portal.history import tracked
from ocop_portal.languages import in_english
from ocop_portal.models import AdministrativeUnit
from ocop_portal.revision import records_change
from producers.models import Producer
from products import triggers
from products.models.group import ProductGroup
from products.querysets import ProductQuerySet

code_validator = RegexValidator(
    r"^[0-9A-Za-z][0-9A-Za-z.-]{2,39}$",
    "Mã gồm 3 đến 40 chữ cái không dấu, chữ số, dấu gạch ngang hoặc dấu chấm.",
)


@tracked(exclude=["name_fold", "name_key", "search_context"])
class Product(models.Model):
    """One product of one producer. It keeps its identity through renames, upgrades and re-assessments."""

    code = models.CharField(
        "mã sản phẩm",
        max_length=40,
        unique=True,
        validators=[code_validator],
        help_text="(tỉnh)-(xã)-(số thứ tự)-(năm), ví dụ 06-02173-001-2021.",
        error_messages={"unique": "Mã này đã được cấp cho sản phẩm khác."},
    )
    name = models.CharField("tên sản phẩm", max_length=200)
    name_en = models.CharField(
        "tên tiếng Anh",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Hiện bên tên tiếng Việt ở trang tiếng Anh, ví dụ: Canna vermicelli.",
    )
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="products", verbose_name="chủ thể")
    group = models.ForeignKey(
        ProductGroup, models.PROTECT, related_name="products", verbose_name="bộ sản phẩm"
    )
    place = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        related_name="products",
        verbose_name="nơi sản xuất",
        help_text="Xã, phường theo hồ sơ: đơn vị cũ nếu biết, để tìm được cả theo huyện trước 1/7/2025.",
    )
    summary = models.CharField("giới thiệu ngắn", max_length=300, blank=True)
    summary_en = models.CharField(
        "giới thiệu ngắn bằng tiếng Anh",
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Để trống: trang tiếng Anh hiện lời giới thiệu tiếng Việt.",
    )
    story = models.TextField("câu chuyện sản phẩm", blank=True)
    description = models.TextField("mô tả", blank=True)
    ingredients = models.TextField("thành phần, nguyên liệu", blank=True)
    traceability_code = models.CharField("mã truy xuất nguồn gốc", max_length=60, blank=True)
    made_up = models.BooleanField(
        "dữ liệu minh họa", default=False, help_text="Tên đặt ra để trình diễn, không phải sản phẩm có thật."
    )
    listed_only_while_standing = models.BooleanField(
        "chỉ công bố trong thời gian nguồn ghi nhận",
        default=False,
        help_text="Nguồn không nói gì về sản phẩm sau khi giấy chứng nhận kết thúc, nên sổ bộ cũng không nói.",
    )
    # Under what the product is found besides its name; kept by triggers (see `products.search`).
    search_context = models.TextField(editable=False, default="")
    name_fold = models.GeneratedField(
        expression=Fold(F("name")), output_field=models.TextField(), db_persist=True
    )
    name_key = models.GeneratedField(
        expression=Key(F("name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = "sản phẩm"
        verbose_name_plural = "sản phẩm"
        ordering = ["name_key", "pk"]
        triggers = [*records_change(("product", "id")), never_deleted()]
        indexes = [
            # The catalogue in Vietnamese order.
            models.Index(fields=["name_key", "id"], name="product_name_order"),
            # A code is typed in any case.
            models.Index(Upper("code"), name="product_code_any_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name__regex=r"^\s*$"),
                name="product_has_name",
                violation_error_message="Sản phẩm phải có tên.",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Za-z][0-9A-Za-z.-]{2,39}$"),
                name="product_code_format",
                violation_error_message="Mã sản phẩm có ký tự không hợp lệ.",
            ),
            models.UniqueConstraint(
                fields=["producer", "name"],
                name="product_once_per_producer",
                violation_error_message="Chủ thể này đã có sản phẩm cùng tên trong sổ bộ.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def english_name(self) -> str:
        """What stands beside the name on an English page; empty on a Vietnamese one."""
        return self.name_en if in_english() else ""

    def get_absolute_url(self) -> str:
        return reverse("products:detail", args=[self.code])

    def get_short_url(self) -> str:
        """The permanent address printed in QR codes."""
        return reverse("products:short", args=[self.code])


@tracked()
class ProductAlias(models.Model):
    """A code under which the product was known before. Every code ever issued resolves for ever."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="aliases", verbose_name="sản phẩm")
    code = models.CharField("mã cũ", max_length=40, unique=True, validators=[code_validator])
    note = models.CharField("ghi chú", max_length=200, blank=True)

    class Meta:
        verbose_name = "mã cũ của sản phẩm"
        verbose_name_plural = "mã cũ của sản phẩm"
        triggers = [*records_change(("product", "product_id")), never_deleted(), triggers.alias_stays()]
        indexes = [models.Index(Upper("code"), name="productalias_code_any_case")]

    def __str__(self) -> str:
        return self.code


@tracked()
class Packaging(models.Model):
    """A packaging variant that the recognition covers: the certificate names the single product in these packs."""

    product = models.ForeignKey(
        Product,
        models.CASCADE,  # a part of the product's description
        related_name="packagings",
        verbose_name="sản phẩm",
    )
    label = models.CharField("quy cách", max_length=100, help_text="Ví dụ: túi 500 g.")
    barcode = models.CharField("mã vạch", max_length=20, blank=True)

    class Meta:
        verbose_name = "quy cách đóng gói"
        verbose_name_plural = "quy cách đóng gói"
        ordering = ["pk"]
        triggers = [*records_change(("product", "product_id"))]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "label"],
                name="packaging_once_per_product",
                violation_error_message="Quy cách này đã có.",
            )
        ]

    def __str__(self) -> str:
        return self.label


@tracked()
class SalesChannel(models.Model):
    """Where the product is sold on line."""

    class Kind(models.TextChoices):
        POSTMART = "postmart", "PostMart"
        SHOPEE = "shopee", "Shopee"
        LAZADA = "lazada", "Lazada"
        BACKANMARKET = "backanmarket", "Backanmarket"
        KETNOIOCOP = "ketnoiocop", _("Kết nối OCOP")
        OWN_SITE = "own_site", _("trang web của chủ thể")
        OTHER = "other", _("kênh khác")

    product = models.ForeignKey(
        Product,
        models.CASCADE,  # a part of the product's description
        related_name="channels",
        verbose_name="sản phẩm",
    )
    kind = models.CharField("kênh bán", max_length=20, choices=Kind)
    url = models.URLField("địa chỉ trang bán", blank=True, max_length=500)

    class Meta:
        verbose_name = "kênh bán hàng"
        verbose_name_plural = "kênh bán hàng"
        ordering = ["pk"]
        triggers = [*records_change(("product", "product_id"))]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind", "url"],
                name="saleschannel_once_per_product",
                violation_error_message="Kênh bán này đã có.",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@tracked()
class ProductMark(models.Model):
    """A protected name or mark that the product bears."""

    class Kind(models.TextChoices):
        GEOGRAPHICAL = "geographical", _("chỉ dẫn địa lý")
        COLLECTIVE = "collective", _("nhãn hiệu tập thể")
        CERTIFICATION = "certification", _("nhãn hiệu chứng nhận")

    product = models.ForeignKey(
        Product,
        models.CASCADE,  # a part of the product's description
        related_name="marks",
        verbose_name="sản phẩm",
    )
    kind = models.CharField("loại", max_length=20, choices=Kind)
    name = models.CharField("tên", max_length=150)
    number = models.CharField("số văn bằng", max_length=60, blank=True)
    granted_on = models.DateField("ngày cấp", null=True, blank=True)

    class Meta:
        verbose_name = "chỉ dẫn địa lý, nhãn hiệu"
        verbose_name_plural = "chỉ dẫn địa lý, nhãn hiệu"
        ordering = ["pk"]
        triggers = [*records_change(("product", "product_id"))]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind", "name"],
                name="productmark_once_per_product",
                violation_error_message="Nhãn hiệu này đã có.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


@tracked()
class RawMaterialArea(models.Model):
    """A certified raw-material area behind the product."""

    class Standard(models.TextChoices):
        ORGANIC = "organic", _("hữu cơ")
        VIETGAP = "vietgap", "VietGAP"
        GACP_WHO = "gacp_who", "GACP-WHO"
        GLOBALGAP = "globalgap", "GlobalG.A.P."
        OTHER = "other", _("tiêu chuẩn khác")

    product = models.ForeignKey(
        Product,
        models.CASCADE,  # a part of the product's description
        related_name="raw_material_areas",
        verbose_name="sản phẩm",
    )
    standard = models.CharField("tiêu chuẩn", max_length=20, choices=Standard)
    number = models.CharField("số giấy chứng nhận vùng", max_length=60, blank=True)
    issuer = models.CharField("tổ chức chứng nhận", max_length=150, blank=True)
    area_ha = models.DecimalField("diện tích (ha)", max_digits=8, decimal_places=2, null=True, blank=True)
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "vùng nguyên liệu được chứng nhận"
        verbose_name_plural = "vùng nguyên liệu được chứng nhận"
        ordering = ["pk"]
        triggers = [*records_change(("product", "product_id"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="rawmaterialarea_dates_in_order",
                violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(area_ha__isnull=True) | Q(area_ha__gt=0),
                name="rawmaterialarea_area_positive",
                violation_error_message="Diện tích phải lớn hơn 0.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_standard_display()


@tracked()
class ExportMarket(models.Model):
    """A market to which the product is exported."""

    product = models.ForeignKey(
        Product,
        models.CASCADE,  # a part of the product's description
        related_name="export_markets",
        verbose_name="sản phẩm",
    )
    market = models.CharField("thị trường", max_length=80, help_text="Ví dụ: Nhật Bản.")
    since_year = models.PositiveSmallIntegerField("từ năm", null=True, blank=True)

    class Meta:
        verbose_name = "thị trường xuất khẩu"
        verbose_name_plural = "thị trường xuất khẩu"
        ordering = ["pk"]
        triggers = [*records_change(("product", "product_id"))]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "market"],
                name="exportmarket_once_per_product",
                violation_error_message="Thị trường này đã có.",
            ),
            models.CheckConstraint(
                condition=Q(since_year__isnull=True) | Q(since_year__range=(1990, 2100)),
                name="exportmarket_year_sane",
                violation_error_message="Năm xuất khẩu phải từ 1990 đến 2100.",
            ),
        ]

    def __str__(self) -> str:
        return self.market
