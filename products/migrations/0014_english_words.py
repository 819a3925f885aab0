"""The 26 product sets in English, and the triggers by which a product is found under its English name."""

from django.db import migrations

from products.search import ENGLISH_NAME

SETS = {
    "01": "Fresh vegetables, fruits, roots and nuts",
    "02": "Fresh meat, aquatic products, eggs and milk",
    "03": "Rice, cereals and other lightly processed grains",
    "04": "Honey, other nectars and other food produce",
    "05": "Fast food and snacks",
    "06": "Products made from rice and cereals",
    "07": "Products made from vegetables, fruits, roots and nuts",
    "08": "Products made from meat, aquatic products, eggs, milk, honey and other food produce",
    "09": "Soy sauce, fish sauce and other liquid seasonings",
    "10": "Other seasonings (salt, onion, garlic, pepper, …)",
    "11": "Tea, fresh or processed",
    "12": "Herbal and other plant teas",
    "13": "Coffee and cocoa products",
    "14": "Clear spirits",
    "15": "Other alcoholic drinks",
    "16": "Natural mineral water and bottled drinking water",
    "17": "Other soft drinks",
    "18": "Food supplements, herbal and traditional medicines",
    "19": "Cosmetics with medicinal herbs",
    "20": "Essential oils and other medicinal herbs",
    "21": "Handicrafts for the household and for decoration",
    "22": "Fabrics and garments",
    "23": "Flowers",
    "24": "Ornamental plants",
    "25": "Ornamental animals",
    "26": "Community tourism, ecotourism and tourist sites",
}


def name_sets(apps, schema_editor):
    for code, name in SETS.items():
        apps.get_model("products", "ProductGroup").objects.filter(code=code, name_en="").update(name_en=name)


class Migration(migrations.Migration):
    dependencies = [("products", "0013_english_names")]
    operations = [
        migrations.RunPython(name_sets, migrations.RunPython.noop),
        migrations.RunSQL(list(ENGLISH_NAME), migrations.RunSQL.noop),
    ]
