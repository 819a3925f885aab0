"""What made-up products are called in English. A real product carries sourced facts only, so none is named here."""

import random

from ocop_portal.demo.invention import CRAFT, ORNAMENTAL, TOURISM
from ocop_portal.demo.plan import Item

NOUNS = {
    "Bí xanh thơm": "Fragrant wax gourd",
    "Hồng không hạt": "Seedless persimmons",
    "Quýt": "Mandarins",
    "Mơ vàng": "Golden apricots",
    "Khoai môn": "Taro",
    "Gừng tươi": "Fresh ginger",
    "Trứng gà đồi": "Free-range eggs",
    "Gà thả vườn": "Free-range chicken",
    "Lợn bản": "Village pork",
    "Gạo bao thai": "Bao Thai rice",
    "Gạo nếp nương": "Upland sticky rice",
    "Gạo tẻ đỏ": "Red rice",
    "Đỗ xanh": "Mung beans",
    "Mật ong hoa rừng": "Forest blossom honey",
    "Mật ong bạc hà": "Mint honey",
    "Mật ong nhãn": "Longan honey",
    "Bánh khẩu thuy": "Khau thuy rice cakes",
    "Bánh chưng đen": "Black sticky rice cake",
    "Xôi ngũ sắc sấy": "Dried five-colour sticky rice",
    "Miến dong": "Canna vermicelli",
    "Bún khô ngũ sắc": "Five-colour rice vermicelli",
    "Phở khô": "Dried pho noodles",
    "Bánh đa": "Rice crackers",
    "Măng nứa khô": "Dried bamboo shoots",
    "Nấm hương khô": "Dried shiitake",
    "Chuối sấy": "Dried bananas",
    "Bột nghệ": "Turmeric powder",
    "Bột sắn dây": "Kudzu starch",
    "Khoai lang sấy": "Dried sweet potato",
    "Lạp sườn": "Smoked sausage",
    "Thịt lợn gác bếp": "Smoked pork",
    "Thịt trâu gác bếp": "Smoked buffalo meat",
    "Cá khô suối": "Dried stream fish",
    "Giấm mơ": "Apricot vinegar",
    "Tương nếp": "Sticky rice soy paste",
    "Mắm tép": "Fermented shrimp paste",
    "Muối ớt nướng": "Roasted chilli salt",
    "Hạt dổi": "Doi pepper seeds",
    "Tỏi đen": "Black garlic",
    "Chè Shan tuyết": "Shan Tuyet tea",
    "Chè xanh": "Green tea",
    "Hồng trà": "Black tea",
    "Trà giảo cổ lam": "Jiaogulan tea",
    "Trà dây": "Ampelopsis tea",
    "Trà hoa cúc núi": "Mountain chrysanthemum tea",
    "Trà nụ vối rừng": "Wild voi bud tea",
    "Rượu men lá": "Leaf-yeast rice spirit",
    "Rượu ngô": "Maize spirit",
    "Rượu mơ": "Apricot liqueur",
    "Rượu ba kích": "Morinda root liqueur",
    "Nước tinh khiết": "Purified drinking water",
    "Nước mơ": "Apricot drink",
    "Nước mía gừng": "Sugar cane and ginger drink",
    "Cao gắm": "Gnetum extract",
    "Viên nghệ mật": "Turmeric and honey pellets",
    "Dầu gội bồ kết": "Honey locust shampoo",
    "Xà phòng nghệ": "Turmeric soap",
    "Tinh dầu hồi": "Star anise oil",
    "Tinh dầu sả": "Lemongrass oil",
    "Thuốc tắm lá rừng": "Forest herb bath",
    "Chiếu trúc": "Bamboo mat",
    "Giỏ mây đan": "Rattan basket",
    "Mành tre": "Bamboo blind",
    "Thổ cẩm": "Brocade",
    "Áo chàm": "Indigo garments",
    "Homestay": "Homestay",
    "Điểm du lịch cộng đồng": "Community tourism site",
    "Đào rừng": "Wild peach trees",
}


def english_texts(item: Item, place: str) -> dict[str, str]:
    """English name and summary; a third of the products has none yet, as in life."""
    if random.Random(f"English {item.name}").random() < 0.33 or item.noun not in NOUNS:
        return {}
    name = NOUNS[item.noun]
    return {"name_en": name, "summary_en": f"{name} {_made(item)} {place}, true to local ways."}


def _made(item: Item) -> str:
    if item.group in TOURISM:
        return "run by villagers in"
    if item.group in ORNAMENTAL:
        return "grown in"
    return "made by hand in" if item.group in CRAFT else "from"
