"""The one row of the register's revision, and the table of the shared cache."""

from django.core.management import call_command
from django.db import migrations


def add_revision(apps, schema_editor):
    apps.get_model("ocop_portal", "RegisterRevision").objects.get_or_create(pk=1)


def add_cache_table(apps, schema_editor):
    call_command(
        "createcachetable", "ocop_portal_cache", database=schema_editor.connection.alias, verbosity=0
    )


class Migration(migrations.Migration):
    dependencies = [("ocop_portal", "0001_initial")]
    operations = [
        migrations.RunPython(add_revision, migrations.RunPython.noop),
        migrations.RunPython(add_cache_table, migrations.RunPython.noop),
    ]
