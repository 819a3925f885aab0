"""The proof of the trail, and a backup brought back row by row."""

import json

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from ocop_portal import backup
from ocop_portal.audit import differences
from producers.models import Producer
from products.models import Packaging, Product
from tests.factories import CertificateFactory, ProducerFactory, ProductFactory

BARE = "SET LOCAL session_replication_role = replica"
"""No trigger fires: what somebody does who would leave no trace."""


def told():
    return [str(d) for d in differences(connection)]


def bare(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        cursor.execute(sql, params)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.django_db
def test_a_register_written_by_the_portal_agrees_with_its_trail(capsys):
    product = CertificateFactory().product
    pack = Packaging.objects.create(product=product, label="túi")
    Packaging.objects.filter(pk=pack.pk).update(label="hộp")
    Packaging.objects.filter(pk=pack.pk).delete()
    assert told() == []
    call_command("verify_audit")
    assert "khớp với dữ liệu" in capsys.readouterr().out


@pytest.mark.django_db
def test_whoever_writes_without_triggers_is_found(capsys):
    producer, product = ProducerFactory(), ProductFactory()
    pack = Packaging.objects.create(product=product, label="túi")
    gone = Packaging.objects.create(product=product, label="chai")
    gone_key = gone.pk
    gone.delete()
    bare("UPDATE producers_producer SET name = 'Khác', website = 'https://x.vn' WHERE id = %s", producer.pk)
    bare("DELETE FROM products_packaging WHERE id = %s", pack.pk)
    bare(
        "INSERT INTO products_packaging (id, product_id, label, barcode) VALUES (%s, %s, 'a', '')",
        9**9,
        product.pk,
    )
    bare(
        "INSERT INTO products_packaging (id, product_id, label, barcode) VALUES (%s, %s, 'b', '')",
        gone_key,
        product.pk,
    )
    assert told() == [
        f"producers_producer: 1 dòng khác với lần ghi cuối trong nhật ký ở: tên chủ thể, trang web (khóa {producer.pk})",
        f"products_packaging: 1 dòng còn đó dù nhật ký ghi đã bỏ (khóa {gone_key})",
        f"products_packaging: 1 dòng mất đi mà nhật ký không ghi việc bỏ (khóa {pack.pk})",
        f"products_packaging: 1 dòng không có trong nhật ký (khóa {9**9})",
    ]
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit")
    assert stopped.value.code == 1 and "4 chỗ" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_trigger_that_is_off_or_gone_is_found():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_update_update_%%' "
                       "AND tgrelid = 'products_product'::regclass")  # fmt: skip
        name = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE products_product DISABLE TRIGGER {name}")
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_never_deleted_%%' "
                       "AND tgrelid = 'producers_producer'::regclass")  # fmt: skip
        cursor.execute(f"DROP TRIGGER {cursor.fetchone()[0]} ON producers_producer")
    assert sorted(told()) == [
        "producers_producer: thiếu trigger “never_deleted”",
        "products_product: trigger “update_update” đang bị tắt",
    ]


def rows_of(database):
    """{table: digest of all its rows} of a database, and its indexes and triggers."""
    login = backup._login(database)
    with psycopg.connect(**login) as own:
        tables = [t for (t,) in own.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found = {}
        for table in set(tables) - set(backup.LEFT_BEHIND):
            sql = f"SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM \"{table}\" t"
            found[table] = own.execute(sql).fetchone()
        # By name: PostgreSQL words a condition anew when it reads back its own words.
        for table, name in (("pg_indexes", "indexname"), ("pg_trigger", "tgname")):
            where = "schemaname = 'public'" if table == "pg_indexes" else "NOT tgisinternal"
            found[table] = {text for (text,) in own.execute(f"SELECT {name} FROM {table} WHERE {where}")}
    return found


@pytest.fixture
def empty_database(transactional_db):
    """A second database beside the test's own, as a connection."""
    other = connection.copy()
    other.settings_dict["NAME"] = f"{connection.settings_dict['NAME']}_khoiphuc"
    quoted = connection.ops.quote_name(other.settings_dict["NAME"])
    server = {**backup._login(connection), "dbname": "postgres"}

    def on_server(sql):
        with psycopg.connect(**server, autocommit=True) as own:
            own.execute(sql)

    on_server(f"DROP DATABASE IF EXISTS {quoted}")
    on_server(f"CREATE DATABASE {quoted}")
    yield other
    other.close()
    on_server(f"DROP DATABASE {quoted} WITH (FORCE)")


def test_a_backup_is_brought_back_row_by_row(empty_database, tmp_path):
    CertificateFactory(product__name="Miến dong “Tài Hoan”", product__story="Dòng một\nDòng hai\\N\t$1")
    Producer.objects.update(website="https://example.vn")
    media, folder = settings.MEDIA_ROOT, tmp_path / "bản sao"
    for name, content in (("products/a.webp", b"anh"), ("private/decisions/b.pdf", b"%PDF")):
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(content)
    said = []
    backup.back_up(folder, connection, said.append)
    assert folder.stat().st_mode & 0o077 == 0 and list(tmp_path.glob(".*")) == []
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) == {
        "database.dump",
        "media/products/a.webp",
        "media/private/decisions/b.pdf",
    }
    assert manifest["rows"]["products_product"] == 1 and "django_session" not in manifest["rows"]
    with pytest.raises(backup.BackupError, match="đã có dữ liệu"):
        backup.back_up(folder, connection, said.append)
    before = rows_of(connection)

    with pytest.raises(backup.BackupError, match="đã có bảng"):
        backup.restore(folder, connection, say=said.append)
    photo = folder / "media/products/a.webp"
    photo.write_bytes(b"khac")
    with pytest.raises(backup.BackupError, match=r"không còn nguyên vẹn: media/products/a\.webp"):
        backup.restore(folder, empty_database, say=said.append)
    photo.write_bytes(b"anh")
    (media / "products/a.webp").unlink()
    backup.restore(folder, empty_database, say=said.append)
    assert rows_of(empty_database) == before
    assert list(differences(empty_database)) == []
    assert (media / "products/a.webp").read_bytes() == b"anh"
    assert (media / "private/decisions/b.pdf").stat().st_mode & 0o077 == 0
    # What was written since goes with `replace`: the register is that of the backup again.
    with empty_database.cursor() as cursor:
        cursor.execute("UPDATE products_product SET name = 'Khác'")
    backup.restore(folder, empty_database, replace=True, say=said.append)
    assert rows_of(empty_database) == before


def test_a_backup_of_a_later_version_is_refused(tmp_path):
    made = backup.Manifest(1, "2027-01-01", "9", 18, ["products.9999_later"], {}, {})
    (tmp_path / "manifest.json").write_text(json.dumps(made.__dict__))
    with pytest.raises(backup.BackupError, match="phiên bản cổng mới hơn"):
        backup.restore(tmp_path, connection, say=lambda line: None)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(backup.BackupError, match="không phải là bản sao lưu"):
        backup.read_manifest(tmp_path)


@pytest.mark.django_db
def test_programs_suit_the_server_or_are_asked_for_in_a_sentence(monkeypatch):
    assert backup.program("pg_restore", connection).name == "pg_restore"
    monkeypatch.setattr(backup, "_server", lambda connection: 99)
    with pytest.raises(backup.BackupError, match="postgresql-client-99"):
        backup.program("pg_dump", connection)
    assert Product.objects.count() == 0
