"""Forms of notices: what letters of one sending share, what differs between them, and declaring one void."""

from typing import Any

from django import forms
from django.conf import settings

from ocop_portal.clock import today
from ocop_portal.forms import DayInput, OnceForm
from ocop_portal.models import AdministrativeUnit
from producers.models import Producer
from products.actions.notices import Letter, Sending, next_serial
from products.models import Certificate, Notice

CAPACITY = "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"


def issuer_of(user: Any) -> tuple[AdministrativeUnit | None, str]:
    """(unit, name) of the body whose letters the user makes: the province's committee, or the commune's."""
    if user.sees_whole_territory or user.unit is None:
        return None, settings.SITE["committee_name"]
    unit = user.unit.current or user.unit
    return unit, f"UBND {unit.name[:1].lower()}{unit.name[1:]}"


class SendingForm(OnceForm):
    """Number, days, channel and signature of one sending. What was written last time is offered again."""

    issuer = forms.CharField(label="Cơ quan ban hành", max_length=150)
    first_serial = forms.IntegerField(
        label="Số của văn bản đầu tiên",
        min_value=1,
        max_value=999_999,
        help_text="Các văn bản sau lấy số tiếp theo, trừ văn bản có số riêng ở dưới.",
    )
    symbol = forms.CharField(
        label="Ký hiệu", max_length=30, help_text="Phần sau dấu gạch chéo, ví dụ: UBND-KT."
    )
    dated_on = DayInput(label="Ngày văn bản", help_text="Ngày/tháng/năm.")
    sent_on = DayInput(label="Ngày gửi", help_text="Đúng hạn khi gửi trước ngày hết hạn ít nhất 30 ngày.")
    channel = forms.ChoiceField(label="Cách gửi", choices=Notice.Channel.choices)
    capacity = forms.CharField(
        label="Thẩm quyền ký",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Mỗi dòng một ý, như in trên văn bản.",
    )
    signer = forms.CharField(label="Họ tên người ký", max_length=100, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, name = issuer_of(user)
        last = Notice.objects.filter(issuer_unit=self.unit).order_by("-pk").first()
        self.initial |= {
            "issuer": last.issuer if last else name,
            "symbol": last.symbol if last else "",
            "capacity": last.capacity if last else CAPACITY,
            "signer": last.signer if last else "",
            "channel": last.channel if last else Notice.Channel.POST,
            "first_serial": next_serial(self.unit, today().year, last.symbol if last else ""),
            "dated_on": today(),
            "sent_on": today(),
        }

    def sending(self) -> Sending:
        """What was entered, for the action."""
        given = self.cleaned_data
        names = ("issuer", "symbol", "first_serial", "dated_on", "sent_on", "signer")
        return Sending(
            **{name: given[name] for name in names},
            capacity=given["capacity"].replace("\r\n", "\n"),
            issuer_unit=self.unit,
            batch=given["token"],
        )


class LetterForm(forms.Form):
    """A letter to one producer: recipient and address as written, and what differs from the other letters."""

    recipient = forms.CharField(label="Nơi nhận", max_length=200)
    address = forms.CharField(label="Địa chỉ nhận", max_length=300, required=False)
    channel = forms.ChoiceField(
        label="Cách gửi riêng", choices=[("", "Như đã chọn ở trên"), *Notice.Channel.choices], required=False
    )
    serial = forms.IntegerField(
        label="Số riêng",
        min_value=1,
        max_value=999_999,
        required=False,
        help_text="Để trống: lấy số tiếp theo.",
    )

    def __init__(
        self, *args: Any, producer: Producer, certificates: list[Certificate], **kwargs: Any
    ) -> None:
        super().__init__(*args, prefix=f"p{producer.pk}", **kwargs)
        self.producer, self.offered = producer, certificates
        self.ticked = certificates
        self.row_name = producer.name
        self.initial |= {"recipient": producer.name, "address": address_of(producer)}

    def letter(self, channel: str) -> Letter:
        """What was entered, for the action; `channel` where it has none of its own."""
        given = self.cleaned_data
        return Letter(
            producer=self.producer,
            certificates=self.ticked,
            recipient=given["recipient"],
            address=given["address"],
            channel=given["channel"] or channel,
            serial=given["serial"] or 0,
        )


def address_of(producer: Producer) -> str:
    """Where a producer is written to: house and hamlet as far as known, and the commune of today."""
    unit = producer.place.current or producer.place
    return ", ".join(part for part in (producer.address, f"{unit.name[:1].lower()}{unit.name[1:]}") if part)


class VoidForm(OnceForm):
    """Why a letter is declared void."""

    reason = forms.CharField(
        label="Lý do hủy",
        max_length=300,
        help_text="Ví dụ: ghi nhầm ngày gửi; thư bị trả lại. Thông báo vẫn được lưu, ghi rõ là đã hủy.",
    )
