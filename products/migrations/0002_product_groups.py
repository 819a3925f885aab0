"""The 26 product sets of decision 26/2026/QĐ-TTg: reference data that every register starts with."""

from django.db import migrations

GROUPS = [
    ("01", "Rau, củ, quả, hạt tươi", "Thực phẩm tươi sống", "I"),
    ("02", "Thịt, thủy sản, trứng, sữa tươi", "Thực phẩm tươi sống", "I"),
    ("03", "Gạo, ngũ cốc, hạt sơ chế khác", "Thực phẩm thô, sơ chế", "I"),
    ("04", "Mật ong, mật khác và nông sản thực phẩm khác", "Thực phẩm thô, sơ chế", "I"),
    ("05", "Đồ ăn nhanh", "Thực phẩm chế biến", "I"),
    ("06", "Chế biến từ gạo, ngũ cốc", "Thực phẩm chế biến", "I"),
    ("07", "Chế biến từ rau, củ, quả, hạt", "Thực phẩm chế biến", "I"),
    (
        "08",
        "Chế biến từ thịt, thủy sản, trứng, sữa, các sản phẩm từ mật ong, mật khác và nông sản thực phẩm khác",
        "Thực phẩm chế biến",
        "I",
    ),
    ("09", "Tương, nước mắm, gia vị dạng lỏng khác", "Gia vị", "I"),
    ("10", "Gia vị khác (muối, hành, tỏi, tiêu,...)", "Gia vị", "I"),
    ("11", "Chè tươi, chè chế biến", "Chè", "I"),
    ("12", "Sản phẩm trà từ thực vật khác", "Chè", "I"),
    ("13", "Sản phẩm cà phê, ca cao", "Cà phê, ca cao", "I"),
    ("14", "Rượu trắng", "Đồ uống có cồn", "II"),
    ("15", "Đồ uống có cồn khác", "Đồ uống có cồn", "II"),
    ("16", "Nước khoáng thiên nhiên, nước uống đóng chai", "Đồ uống không cồn", "II"),
    ("17", "Đồ uống không cồn khác", "Đồ uống không cồn", "II"),
    (
        "18",
        "Thực phẩm chức năng, thuốc dược liệu, thuốc cổ truyền",
        "Thực phẩm chức năng, thuốc dược liệu, thuốc cổ truyền",
        "III",
    ),
    ("19", "Mỹ phẩm có thành phần từ dược liệu", "Mỹ phẩm có thành phần từ dược liệu", "III"),
    ("20", "Tinh dầu và dược liệu khác", "Tinh dầu và dược liệu khác", "III"),
    ("21", "Thủ công mỹ nghệ gia dụng, trang trí", "Thủ công mỹ nghệ gia dụng, trang trí", "IV"),
    ("22", "Vải, may mặc", "Vải, may mặc", "IV"),
    ("23", "Hoa", "Hoa", "V"),
    ("24", "Cây cảnh", "Cây cảnh", "V"),
    ("25", "Động vật cảnh", "Động vật cảnh", "V"),
    (
        "26",
        "Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch",
        "Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch",
        "VI",
    ),
]


def add_groups(apps, schema_editor):
    model = apps.get_model("products", "ProductGroup")
    for code, name, group_name, sector in GROUPS:
        model.objects.get_or_create(
            code=code, defaults={"name": name, "group_name": group_name, "sector": sector}
        )


class Migration(migrations.Migration):
    dependencies = [("products", "0001_initial")]
    operations = [migrations.RunPython(add_groups, migrations.RunPython.noop)]
