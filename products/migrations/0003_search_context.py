"""Functions and triggers that keep the words a product is found under (`products.search`)."""

from django.db import migrations

from products.search import statements


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0002_product_groups"),
        ("producers", "0001_initial"),
        ("ocop_portal", "0001_initial"),
    ]
    operations = [migrations.RunSQL(create, drop) for create, drop in statements()]
