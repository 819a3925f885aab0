"""Made-up names and texts. Place-like names are invented; a name of the sources is never used."""

import random

from producers.models import Producer

FIRST = ("Nà", "Khuổi", "Phja", "Cốc", "Thôm", "Khau", "Lũng", "Kéo", "Phiêng", "Vằng", "Tát", "Đon")
SECOND = (
    "Sao", "Ngần", "Tâu", "Lềm", "Đăm", "Rào", "Slưa", "Chang", "Ngoạn", "Hẩu", "Mười", "Lèng", "Khoang", "Phày",
    "Nhạn", "Cại", "Thoong", "Vèn", "Lạ", "Tấu", "Ngàm", "Hin",
)  # fmt: skip
PREFIXES = {
    Producer.LegalForm.COOPERATIVE: "HTX",
    Producer.LegalForm.COOPERATIVE_GROUP: "Tổ hợp tác",
    Producer.LegalForm.COMPANY: "Công ty TNHH",
    Producer.LegalForm.HOUSEHOLD: "Hộ kinh doanh",
    Producer.LegalForm.FARM: "Trang trại",
}
FORM_WEIGHTS = (52, 16, 12, 16, 4)
# Set code: (weight, nouns). Weights follow what a mountain province makes.
GOODS: dict[str, tuple[int, tuple[str, ...]]] = {
    "01": (8, ("Bí xanh thơm", "Hồng không hạt", "Quýt", "Mơ vàng", "Khoai môn", "Gừng tươi")),
    "02": (3, ("Trứng gà đồi", "Gà thả vườn", "Lợn bản")),
    "03": (8, ("Gạo bao thai", "Gạo nếp nương", "Gạo tẻ đỏ", "Đỗ xanh")),
    "04": (6, ("Mật ong hoa rừng", "Mật ong bạc hà", "Mật ong nhãn")),
    "05": (4, ("Bánh khẩu thuy", "Bánh chưng đen", "Xôi ngũ sắc sấy")),
    "06": (11, ("Miến dong", "Bún khô ngũ sắc", "Phở khô", "Bánh đa")),
    "07": (11, ("Măng nứa khô", "Nấm hương khô", "Chuối sấy", "Bột nghệ", "Bột sắn dây", "Khoai lang sấy")),
    "08": (8, ("Lạp sườn", "Thịt lợn gác bếp", "Thịt trâu gác bếp", "Cá khô suối")),
    "09": (2, ("Giấm mơ", "Tương nếp", "Mắm tép")),
    "10": (3, ("Muối ớt nướng", "Hạt dổi", "Tỏi đen")),
    "11": (6, ("Chè Shan tuyết", "Chè xanh", "Hồng trà")),
    "12": (8, ("Trà giảo cổ lam", "Trà dây", "Trà hoa cúc núi", "Trà nụ vối rừng")),
    "14": (5, ("Rượu men lá", "Rượu ngô")),
    "15": (2, ("Rượu mơ", "Rượu ba kích")),
    "16": (1, ("Nước tinh khiết",)),
    "17": (2, ("Nước mơ", "Nước mía gừng")),
    "18": (2, ("Cao gắm", "Viên nghệ mật")),
    "19": (2, ("Dầu gội bồ kết", "Xà phòng nghệ")),
    "20": (2, ("Tinh dầu hồi", "Tinh dầu sả", "Thuốc tắm lá rừng")),
    "21": (3, ("Chiếu trúc", "Giỏ mây đan", "Mành tre")),
    "22": (2, ("Thổ cẩm", "Áo chàm")),
    "24": (1, ("Đào rừng",)),
    "26": (3, ("Homestay", "Điểm du lịch cộng đồng")),
}
CRAFT, ORNAMENTAL, TOURISM = ("21", "22"), ("23", "24", "25"), ("26",)
"""Sets of which nothing is eaten: their packs, stories, channels and faults are of another kind."""
PACKS = ("túi 200 g", "túi 500 g", "hộp 1 kg", "hộp quà 3 gói")
BOTTLES = ("chai 330 ml", "chai 500 ml", "bình 1 lít")
FRUIT = ("túi lưới 1 kg", "thùng 5 kg", "hộp quà 3 kg")
MEAT = ("khay hút chân không 300 g", "khay hút chân không 500 g", "hộp quà 1 kg")
PACKS_OF_SET = {
    "01": FRUIT, "04": ("chai 350 ml", "chai 500 ml", "hộp quà 2 chai"), "05": ("gói 500 g", "hộp 10 chiếc"),
    "08": MEAT, "18": ("lọ 100 g", "hộp 3 lọ"),
    **dict.fromkeys(("09", "14", "15", "16", "17"), BOTTLES),
    **dict.fromkeys((*ORNAMENTAL, *TOURISM), ()),
}  # fmt: skip
PACKS_OF_GOOD = {
    "Trứng gà đồi": ("hộp 10 quả", "khay 30 quả"),
    "Gà thả vườn": ("túi 1 con, 1,6 đến 2 kg", "thùng 5 con"),
    "Lợn bản": MEAT,
    "Mắm tép": ("hũ 250 g", "hũ 500 g"),
    "Dầu gội bồ kết": ("chai 300 ml", "chai 500 ml"),
    "Xà phòng nghệ": ("bánh 90 g", "hộp 3 bánh"),
    "Tinh dầu hồi": ("lọ 10 ml", "lọ 30 ml", "hộp quà 3 lọ"),
    "Tinh dầu sả": ("lọ 10 ml", "lọ 30 ml", "hộp quà 3 lọ"),
    "Thuốc tắm lá rừng": ("chai 500 ml", "gói lá khô 200 g"),
    "Chiếu trúc": ("chiếu 1,2 m × 2 m", "chiếu 1,6 m × 2 m", "chiếu 1,8 m × 2 m"),
    "Giỏ mây đan": ("giỏ nhỏ", "giỏ vừa", "bộ 3 giỏ"),
    "Mành tre": ("mành 1 m × 1,6 m", "mành 1,2 m × 2 m"),
    "Thổ cẩm": ("khăn 40 cm × 150 cm", "tấm 80 cm × 200 cm", "túi đeo"),
    "Áo chàm": ("áo nữ, cỡ S đến XL", "áo nam, cỡ M đến XXL", "bộ áo và khăn"),
}
"""Where one set holds things of different kinds, the pack hangs on the thing."""
STORIES = (
    "Ở {place}, mỗi nhà đều biết làm {good}. Nhóm hộ đầu tiên góp vốn mua chung máy, cùng ghi sổ và cùng bán; "
    "đến nay phần lớn nguyên liệu lấy từ ruộng của chính các thành viên.",
    "Nghề làm {good} ở {place} được các cụ truyền lại. Thế hệ sau giữ cách làm cũ, chỉ thay khâu sấy và đóng gói "
    "để sản phẩm đi xa mà vẫn giữ mùi vị.",
    "Từ một vụ được mùa không bán được, bà con {place} họp lại, chọn {good} làm sản phẩm chung và dựng cơ sở "
    "ngay tại xã.",
)
CRAFT_STORIES = (
    "Phụ nữ {place} biết làm {good} từ khi còn nhỏ. Tổ nghề chia việc theo nhà: người chuẩn bị vật liệu, người làm, "
    "người hoàn thiện; mỗi món ghi tên người làm.",
    "Có lúc ở {place} chỉ còn vài cụ giữ nghề {good}. Lớp học của xã mở vào mùa nông nhàn, nay hơn hai mươi người trẻ "
    "làm được và bán được.",
)
ORNAMENTAL_STORIES = (
    "Người {place} đem {good} về trồng quanh nhà từ lâu. Các hộ cùng ươm, cùng tạo dáng và đánh số từng cây, không đào "
    "cây trong rừng.",
)
TOURISM_STORIES = (
    "Khách đến {place} lúc đầu ngủ nhờ nhà dân. Các nhà cùng sửa lại nếp sàn cũ, chia nhau việc nấu ăn, dẫn đường và "
    "kể chuyện bản.",
    "Bà con {place} cùng đặt quy ước: giữ suối sạch, không bán hàng rong, trích một phần tiền phòng cho quỹ bản.",
)
CRAFT_DESCRIPTIONS = (
    "Làm tay từ vật liệu trong vùng; màu từ lá, củ và vỏ cây. Mỗi món có nhãn ghi người làm và cách giữ.",
    "Theo mẫu của đồng bào địa phương, nhận làm theo kích thước đặt trước.",
)
ORNAMENTAL_DESCRIPTIONS = ("Ươm và chăm tại vườn, giao kèm bầu đất và tờ hướng dẫn chăm sóc.",)
TOURISM_DESCRIPTIONS = (
    "Đón khách quanh năm: chỗ ngủ có chăn màn sạch, bữa ăn của gia đình, người dẫn đường là dân trong bản.",
    "Khách tự chọn việc muốn làm cùng chủ nhà: đi nương, làm bánh, dệt vải. Giá niêm yết tại quầy.",
)
DESCRIPTIONS = (
    "Làm theo mẻ nhỏ, kiểm tra từng công đoạn, không dùng phẩm màu và chất bảo quản. Mỗi gói in ngày làm và số lô.",
    "Nguyên liệu thu trong bán kính vài cây số quanh cơ sở, sơ chế trong ngày. Bảo quản nơi khô mát.",
    "Cơ sở có nhà xưởng một chiều, hồ sơ tự công bố và sổ theo dõi từng lô.",
)


def toponyms() -> list[str]:
    """Invented place-like names, each once, in a fixed shuffled order."""
    names = [f"{a} {b}" for a in FIRST for b in SECOND]
    random.Random("tên đất").shuffle(names)
    return names


def good(rng: random.Random) -> tuple[str, str]:
    """(set code, noun) of something made."""
    codes = list(GOODS)
    code = rng.choices(codes, [GOODS[c][0] for c in codes])[0]
    return code, rng.choice(GOODS[code][1])


def packs(code: str, noun: str) -> tuple[str, ...]:
    """Packaging variants that suit the thing; services and live plants have none."""
    return PACKS_OF_GOOD.get(noun) or PACKS_OF_SET.get(code, PACKS)


def tales(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(stories, descriptions) that suit the set."""
    if code in CRAFT:
        return CRAFT_STORIES, CRAFT_DESCRIPTIONS
    if code in ORNAMENTAL:
        return ORNAMENTAL_STORIES, ORNAMENTAL_DESCRIPTIONS
    return (TOURISM_STORIES, TOURISM_DESCRIPTIONS) if code in TOURISM else (STORIES, DESCRIPTIONS)
