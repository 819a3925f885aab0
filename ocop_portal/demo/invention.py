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
PACKS = ("túi 200 g", "túi 500 g", "hộp 1 kg", "hộp quà 3 gói")
BOTTLES = ("chai 330 ml", "chai 500 ml", "bình 1 lít")
BOTTLED = ("09", "14", "15", "16", "17", "19", "20")
STORIES = (
    "Ở {place}, mỗi nhà đều biết làm {good}. Nhóm hộ đầu tiên góp vốn mua chung máy, cùng ghi sổ và cùng bán; "
    "đến nay phần lớn nguyên liệu lấy từ ruộng của chính các thành viên.",
    "Nghề làm {good} ở {place} được các cụ truyền lại. Thế hệ sau giữ cách làm cũ, chỉ thay khâu sấy và đóng gói "
    "để sản phẩm đi xa mà vẫn giữ mùi vị.",
    "Từ một vụ được mùa không bán được, bà con {place} họp lại, chọn {good} làm sản phẩm chung và xây cơ sở chế biến "
    "ngay tại xã.",
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


def packs(code: str) -> tuple[str, ...]:
    """Packaging variants that suit the set; services and live plants have none."""
    if code in ("24", "26"):
        return ()
    return BOTTLES if code in BOTTLED else PACKS
