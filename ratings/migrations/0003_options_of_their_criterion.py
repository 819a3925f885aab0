"""A chosen option belongs to the criterion it is chosen for: foreign keys over both columns, which Django cannot state."""

from django.db import migrations

TABLES = ("ratings_selfscore", "ratings_choice", "ratings_agreedoption")


def _constraint(table):
    name = f"{table}_option_of_criterion"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (option_id, criterion_id)"
        " REFERENCES ratings_option (id, criterion_id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("ratings", "0002_assessment")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE ratings_option ADD CONSTRAINT ratings_option_pair UNIQUE (id, criterion_id)",
            "ALTER TABLE ratings_option DROP CONSTRAINT ratings_option_pair",
        ),
        *(_constraint(table) for table in TABLES),
    ]
