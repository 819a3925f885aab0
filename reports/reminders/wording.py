"""The letters: subject and text of a digest, in Vietnamese. Pure: plain values in, words out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ratings.calendar import Window, filing_window
from ratings.transitions import EDITABLE

WRITTEN_NOTICE_DAYS = 30
"""The producer is told in writing at least so many days before the end."""
MOST_TOLD = 200
"""Certificates told one by one in a letter; of more, the rest by their number and the way to the list."""
PRODUCER, PROVINCE = "producer", "province"


@dataclass(frozen=True)
class Renewal:
    """The open dossier of a product: its kind and state in words, and whether the producer is to act on it."""

    kind: str
    state: str
    state_text: str

    @property
    def with_producer(self) -> bool:
        return self.state in EDITABLE


@dataclass(frozen=True)
class Item:
    """A certificate in a letter. `valid_to` is the printed end, `ends_on` the end with any extension."""

    product: str
    producer: str
    place: str
    stars: int
    certificate: str
    valid_to: date
    ends_on: date
    url: str
    renewal: Renewal | None = None

    @property
    def extended(self) -> bool:
        return self.ends_on > self.valid_to


@dataclass(frozen=True)
class Office:
    """Who writes, and where the reader turns to."""

    name: str
    phone: str = ""
    address: str = ""


def subject(items: Sequence[Item], day: date) -> str:
    """The subject of a letter: one product by its name, several by their number and the first end."""
    first = min(items, key=lambda item: item.ends_on)
    if len(items) > 1:
        return f"OCOP: {len(items)} giấy chứng nhận đến mốc nhắc hạn, sớm nhất {first.ends_on:%d/%m/%Y}"
    left = (first.ends_on - day).days
    when = (
        f"còn {left} ngày là hết hạn"
        if left > 0
        else "hết hạn hôm nay"
        if left == 0
        else f"đã hết hạn từ sau ngày {first.ends_on:%d/%m/%Y}"
    )
    return f"OCOP: “{_flat(first.product)[:100]}” {when}"


def letter(
    items: Sequence[Item], day: date, *, name: str, audience: str, office: Office, desk: str, note: str = ""
) -> str:
    """The whole text. `desk` is where the reader finds the list, empty for those who have no account."""
    blocks = [
        f"Kính gửi {_flat(name)},",
        f"{office.name} xin nhắc về hạn của giấy chứng nhận OCOP, tính đến ngày {day:%d/%m/%Y}.",
    ]
    told = sorted(items, key=lambda item: (item.ends_on, item.product))
    if len(told) > 1:
        blocks.append(_summary(told, day))
    blocks += [f"{n}. {_told(item, day, audience)}" for n, item in enumerate(told[:MOST_TOLD], start=1)]
    if more := len(told) - MOST_TOLD:
        blocks += [f"Và {more} giấy chứng nhận khác, xin xem trong danh sách."] if more > 0 else []
    if desk:
        blocks.append(f"Danh sách đầy đủ và việc cần làm, ở bàn làm việc:\n{desk}")
    reach = [f"điện thoại {office.phone}"] if office.phone else []
    reach += [office.address] if office.address else []
    if audience == PRODUCER:
        where = f" ({'; '.join(reach)})" if reach else ""
        blocks.append(f"Khi cần hướng dẫn, xin liên hệ cán bộ xã hoặc {office.name}{where}.")
    blocks.append(
        "Thư này do sổ bộ OCOP tự động gửi, xin không trả lời thư này." + (f"\n{note}" if note else "")
    )
    return "\n\n".join(blocks) + "\n"


def _told(item: Item, day: date, audience: str) -> str:
    """One certificate: what it is, until when, what to do, where."""
    who = "" if audience == PRODUCER else f"{_flat(item.producer)}, {item.place}\n"
    until = (
        f"gia hạn đến hết ngày {item.ends_on:%d/%m/%Y}"
        if item.extended
        else f"đến hết ngày {item.ends_on:%d/%m/%Y}"
    )
    return (
        f"{_flat(item.product)} ({item.stars} sao)\n{who}{item.certificate}, {until}: {_left(item.ends_on, day)}.\n"
        f"Việc cần làm: {what_next(item, day, audience)}\n{item.url}"
    )


def _summary(items: Sequence[Item], day: date) -> str:
    """How many end when, so that the reader of a long letter knows what hurries."""
    lefts = [(item.ends_on - day).days for item in items]
    counts = (
        (sum(left < 0 for left in lefts), "đã hết hạn"),
        (sum(left == 0 for left in lefts), "hết hạn hôm nay"),
        (sum(0 < left <= 30 for left in lefts), "còn từ 1 đến 30 ngày"),
        (sum(30 < left <= 90 for left in lefts), "còn từ 31 đến 90 ngày"),
        (sum(left > 90 for left in lefts), "còn trên 90 ngày"),
    )
    return "Trong thư này: " + "; ".join(f"{n} giấy {words}" for n, words in counts if n) + "."


def _left(end: date, day: date) -> str:
    left = (end - day).days
    if left > 0:
        return f"còn {left} ngày"
    return "hôm nay là ngày cuối" if left == 0 else "đã hết hạn"


def what_next(item: Item, day: date, audience: str) -> str:
    """What the reader should do now, in a sentence or two."""
    own = audience == PRODUCER
    if day >= item.ends_on:
        told = _ended(item, own)
    elif item.renewal:
        told = _under_way(item, item.renewal, own)
    elif item.extended:
        told = "Giấy được gia hạn để chờ đánh giá lại nhưng chưa có hồ sơ nào đang xử lý: " + (
            "xin liên hệ ngay cán bộ xã." if own else "đề nghị liên hệ chủ thể ngay."
        )
    else:
        told = _to_file(item, day, audience)
    notice = item.ends_on - timedelta(days=WRITTEN_NOTICE_DAYS)
    if not own and day <= notice <= day + timedelta(days=60):
        told += f" Thông báo bằng văn bản cho chủ thể chậm nhất ngày {notice:%d/%m/%Y}."
    return told


def _ended(item: Item, own: bool) -> str:
    after = item.ends_on + timedelta(days=1)
    if item.renewal:
        going_on = f"Hồ sơ {item.renewal.kind} đang ở bước “{item.renewal.state_text}”."
    elif own:
        going_on = "Muốn được công nhận lại, xin lập hồ sơ phân hạng lại; cán bộ xã sẽ hướng dẫn."
    else:
        going_on = "Chưa có hồ sơ đánh giá lại: đề nghị hướng dẫn chủ thể lập hồ sơ."
    if own:
        return f"Từ ngày {after:%d/%m/%Y} không in, không dùng biểu trưng và hạng sao OCOP cho sản phẩm này. {going_on}"
    return f"Từ ngày {after:%d/%m/%Y} sản phẩm không được dùng hạng sao: đề nghị nhắc chủ thể. {going_on}"


def _under_way(item: Item, renewal: Renewal, own: bool) -> str:
    told = f"Hồ sơ {renewal.kind} đang ở bước “{renewal.state_text}”"
    if renewal.with_producer:
        return told + (": xin hoàn thiện và nộp sớm." if own else ": đề nghị giúp chủ thể hoàn thiện và nộp.")
    return told + (
        ", xin theo dõi kết quả." if own else f", cần có kết quả trước ngày {item.ends_on:%d/%m/%Y}."
    )


def _to_file(item: Item, day: date, audience: str) -> str:
    window = filing_window(item.valid_to)
    if window.on(day) is Window.MISSED:
        ask = {
            PRODUCER: "Xin liên hệ ngay cán bộ xã để được hướng dẫn.",
            PROVINCE: "Đề nghị cùng xã liên hệ chủ thể ngay và xem xét hướng xử lý.",
        }.get(audience, "Đề nghị liên hệ chủ thể ngay và báo cơ quan OCOP cấp tỉnh.")
    elif audience == PRODUCER:
        ask = "Xin lập hồ sơ và nộp cho UBND xã trong thời gian này."
    else:
        ask = "Đề nghị hướng dẫn chủ thể lập và nộp hồ sơ."
    return f"{window.told(day)} {ask}"


def _flat(text: str) -> str:
    """In one line: what was typed may hold a line break, which a subject must not."""
    return " ".join(text.split())
