"""Samples for the gallery of components. All of it is made up; nothing here reads the register."""

from typing import Any

from django import forms
from django.core.paginator import Paginator

STATUSES = [
    ("in_force", "Còn hiệu lực đến 14/03/2029"),
    ("expiring", "Sắp hết hạn: còn 41 ngày, đến 25/09/2026"),
    ("extended", "Được gia hạn đến 31/12/2026"),
    ("expired", "Hết hiệu lực từ 02/05/2026"),
    ("revoked", "Đã thu hồi ngày 10/06/2026"),
    ("replaced", "Đã thay bằng giấy mới ngày 01/07/2026"),
    ("not_yet_valid", "Có hiệu lực từ 01/10/2026"),
    ("none", "Chưa có giấy chứng nhận"),
]


class GallerySampleForm(forms.Form):
    """One field of every kind that the portal uses."""

    name = forms.CharField(label="Tên sản phẩm", help_text="Ghi đúng như trên bao bì, ví dụ: Miến dong.")
    stars = forms.ChoiceField(
        label="Hạng sao",
        widget=forms.RadioSelect,
        choices=[("3", "3 sao"), ("4", "4 sao"), ("5", "5 sao")],
        help_text="Theo quyết định công nhận.",
    )
    group = forms.ChoiceField(
        label="Bộ sản phẩm",
        choices=[("", "Chọn một bộ"), ("01", "Rau, củ, quả tươi"), ("02", "Gạo, ngũ cốc")],
    )
    decided_on = forms.DateField(
        label="Ngày quyết định",
        help_text="Ngày/tháng/năm, ví dụ: 14/03/2026.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    marks = forms.MultipleChoiceField(
        label="Chứng nhận khác",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("vietgap", "VietGAP"), ("organic", "Hữu cơ"), ("gi", "Chỉ dẫn địa lý")],
    )
    file = forms.FileField(
        label="Bản chụp quyết định", required=False, help_text="PDF hoặc ảnh, tối đa 10 MB."
    )
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)
    confirmed = forms.BooleanField(label="Tôi đã đối chiếu với bản gốc")


class GalleryRowForm(forms.Form):
    """One row of the sample formset."""

    label = forms.CharField(label="Quy cách")
    weight = forms.DecimalField(label="Khối lượng (g)", localize=True)
    price = forms.IntegerField(label="Giá bán (đồng)", required=False)


def _cards() -> list[dict[str, Any]]:
    names = [
        "Miến dong mẫu",
        "Trà hoa vàng mẫu",
        "Mật ong rừng mẫu",
        "Tinh bột nghệ nếp mẫu của hợp tác xã có tên rất dài",
    ]
    return [
        {
            "name": name,
            "url": "#",
            "code": f"BK-2024-{number:03}",
            "producer_name": "Hợp tác xã Ví Dụ",
            "place_text": "Xã Côn Minh (huyện Na Rì cũ)",
            "stars": (5, 4, 3, 0)[number - 1],
            "status": STATUSES[(0, 1, 3, 7)[number - 1]][0],
            "status_label": STATUSES[(0, 1, 3, 7)[number - 1]][1],
            "group_code": f"{number:02}",
            "group_name": "Bộ sản phẩm mẫu",
            "made_up": True,
        }
        for number, name in enumerate(names, start=1)
    ]


def _facet(name: str, kind: str, labels: list[str], checked: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    return [
        {
            "value": str(len(labels) + 2 - place) if name == "stars" else str(place),
            "label": label,
            "count": 128 // place,
            "checked": place in checked,
            "name": name,
            "id": f"mau-{name}-{place}",
            "input_type": kind,
        }
        for place, label in enumerate(labels, start=1)
    ]


def _lists() -> dict[str, Any]:
    page = Paginator(range(218), 20).page(4)
    links = [{"number": n, "url": f"?page={n}", "current": n == 4} for n in (1, 3, 4, 5, 11)]
    links[1:1] = [{"number": "…", "url": "", "current": False}]
    districts = [
        "Ba Bể",
        "Bạch Thông",
        "Chợ Đồn",
        "Chợ Mới",
        "Na Rì",
        "Ngân Sơn",
        "Pác Nặm",
        "Bắc Kạn",
        "Mẫu",
    ]
    return {
        "page_obj": page,
        "links": links,
        "facet_stars": _facet("stars", "checkbox", ["5 sao", "4 sao", "3 sao"], (1, 2)),
        "facet_status": _facet("status", "radio", ["Đang có hiệu lực", "Sắp hết hạn", "Hết hiệu lực"], (1,)),
        "facet_district": _facet("district", "checkbox", districts),
        "filters": [{"label": "4 sao", "remove_url": "#"}, {"label": "Huyện Na Rì cũ", "remove_url": "#"}],
        "hints": ["Bỏ bớt một bộ lọc.", "Gõ ngắn hơn; không cần dấu.", "Xem cả sản phẩm đã hết hiệu lực."],
        "cards": _cards(),
    }


def _records() -> dict[str, Any]:
    return {
        "rows": [
            {"term": "Mã sản phẩm", "value": "BK-2024-001"},
            {"term": "Số giấy chứng nhận", "value": "01/GCN-OCOP", "url": "#"},
            {"term": "Hiệu lực", "value": "15/03/2026 – 14/03/2029", "note": "36 tháng kể từ ngày ký."},
        ],
        "events": [
            {
                "date": "15/03/2026",
                "title": "Nâng hạng lên 4 sao",
                "tone": "good",
                "current": True,
                "url": "#",
            },
            {
                "date": "02/05/2023",
                "title": "Công nhận lần đầu, 3 sao",
                "text": "Quyết định số 00/QĐ-UBND (mẫu).",
            },
            {
                "date": "10/06/2022",
                "title": "Thu hồi",
                "tone": "bad",
                "text": "Lý do công khai của quyết định.",
            },
        ],
        "headers": [
            {"label": "Huyện cũ"},
            {"label": "Sản phẩm", "num": True},
            {"label": "5 sao", "num": True},
        ],
        "table": [
            [
                {"text": "Ba Bể", "head": True},
                {"text": "41", "num": True, "url": "#"},
                {"text": "1", "num": True},
            ],
            [
                {"text": "Na Rì", "head": True},
                {"text": "36", "num": True, "url": "#"},
                {"text": "1", "num": True},
            ],
        ],
        "foot": [{"text": "Cộng", "head": True}, {"text": "77", "num": True}, {"text": "2", "num": True}],
        "bars": [
            {"label": "5 sao", "value": 2, "width": 3, "cls": "bar-5", "url": "#"},
            {"label": "4 sao", "value": 20, "width": 24, "cls": "bar-4"},
            {"label": "3 sao", "value": 81, "width": 100, "cls": "bar-3"},
        ],
    }


def gallery_context() -> dict[str, Any]:
    """Everything the gallery page shows, empty forms and forms with errors alike."""
    rows = forms.formset_factory(GalleryRowForm, extra=2, can_delete=True)
    return {
        "crumbs": [("Trang đầu", "/"), ("Sản phẩm", "#"), ("Thư viện giao diện", "")],
        "statuses": STATUSES,
        "star_counts": [5, 4, 3, 0],
        "drawings": [*(f"{n:02}" for n in range(1, 27)), "any"],
        "tones": ["info", "warn", "danger", "success"],
        "form": GallerySampleForm(prefix="mau"),
        "bad_form": GallerySampleForm({"sai-name": "", "sai-decided_on": "31/02/2026"}, prefix="sai"),
        "formset": rows(prefix="quy-cach"),
        **_lists(),
        **_records(),
    }
