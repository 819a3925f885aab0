"""The demo's council: the accounts hd1 to hd7 in this year's term."""

from datetime import date, timedelta

from ocop_portal.clock import today
from ocop_portal.history import acting
from ocop_portal.models import User
from ratings.models import Council, CouncilMember

SEATS = (
    ("hd1", CouncilMember.Role.CHAIR, "Lãnh đạo UBND tỉnh"),
    ("hd2", CouncilMember.Role.SECRETARY, "Cơ quan OCOP tỉnh"),
    ("hd3", CouncilMember.Role.VICE_CHAIR, "Sở Nông nghiệp và Môi trường"),
    ("hd4", CouncilMember.Role.MEMBER, "Sở Công Thương"),
    ("hd5", CouncilMember.Role.MEMBER, "Sở Y tế"),
    ("hd6", CouncilMember.Role.MEMBER, "Sở Khoa học và Công nghệ"),
    ("hd7", CouncilMember.Role.EXPERT, "Chuyên gia mời"),
)


def make_council(accounts: dict[str, User]) -> Council:
    """This year's council of the demo, made once."""
    year = today().year
    if found := Council.objects.filter(year=year).first():
        return found
    # In January the sessions of the demo lie in the year before.
    start, end = min(date(year, 1, 1), today() - timedelta(days=90)), date(year, 12, 31)
    with acting("load_demo", by=accounts["admin"]):
        council = Council.objects.create(
            name="Hội đồng đánh giá OCOP cấp tỉnh (minh họa)",
            year=year,
            decision_number=f"MH-HD-{year}/QĐ-UBND",
            decided_on=start,
            valid_from=start,
            valid_to=end,
            size=len(SEATS),
            certificate_format="MH-{serial:03d}/{year}/GCN-OCOP",
        )
        for name, role, department in SEATS:
            CouncilMember.objects.create(
                council=council,
                name=accounts[name].last_name,
                department=department,
                role=role,
                user=accounts[name],
                valid_from=start,
                valid_to=end,
            )
    return council
