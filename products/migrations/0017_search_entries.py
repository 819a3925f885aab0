"""One narrow row for each product that a search reads, with the words; the product's own row has them no more."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from products import tally
from products.search_entries import statements


class Migration(migrations.Migration):
    dependencies = [
        ("ocop_portal", "0006_unit_places"),
        ("products", "0016_collections"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "product",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="products.product",
                        verbose_name="sản phẩm",
                    ),
                ),
                (
                    "certificate",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.certificate",
                        verbose_name="giấy chứng nhận mới nhất",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ocop_portal.administrativeunit",
                        verbose_name="nơi sản xuất",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.productgroup",
                        verbose_name="bộ sản phẩm",
                    ),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="có giá trị từ ngày")),
                ("valid_to", models.DateField(null=True, verbose_name="đến hết ngày")),
                ("extended_to", models.DateField(null=True, verbose_name="gia hạn đến hết ngày")),
                ("revoked_on", models.DateField(null=True, verbose_name="thu hồi từ ngày")),
                ("stars", models.PositiveSmallIntegerField(null=True, verbose_name="hạng sao")),
                (
                    "listed_only_while_standing",
                    models.BooleanField(verbose_name="chỉ công bố trong thời gian nguồn ghi nhận"),
                ),
                ("name_key", models.TextField(db_collation="C", verbose_name="tên để xếp")),
                ("words", django.contrib.postgres.search.SearchVectorField(verbose_name="từ để tìm")),
            ],
            options={
                "verbose_name": "mục tra cứu",
                "verbose_name_plural": "mục tra cứu",
            },
        ),
        *(migrations.RunSQL(create, drop) for create, drop in statements()),
        *(migrations.RunSQL(change, migrations.RunSQL.noop) for change in tally.idle_where_nothing_changed()),
        migrations.AddIndex(
            model_name="searchentry",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["words"], name="search_entry_words"
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("superseded_on__isnull", False)),
                fields=["superseded_on"],
                name="certificate_followed",
            ),
        ),
        migrations.RemoveIndex(
            model_name="product",
            name="product_search",
        ),
        migrations.RemoveField(
            model_name="product",
            name="search",
        ),
    ]
