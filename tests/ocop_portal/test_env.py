"""The environment: good values, and each bad one with its sentence."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from ocop_portal.env import env_bool, env_database, env_email, env_int, env_list, env_secret, env_str


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    monkeypatch.delenv("X", raising=False)
    monkeypatch.delenv("X_FILE", raising=False)


def refused(read, *args, **kwargs):
    with pytest.raises(ImproperlyConfigured) as caught:
        read("X", *args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "truth"),
    [("1", True), ("true", True), ("TRUE", True), ("0", False), ("False", False), ("", True)],
)
def test_bool(monkeypatch, value, truth):
    monkeypatch.setenv("X", value)
    assert env_bool("X", True) is truth


@pytest.mark.parametrize("value", ["yes", "on", "2", "có"])
def test_bool_refuses_anything_else(monkeypatch, value):
    monkeypatch.setenv("X", value)
    assert "X=" in refused(env_bool)


def test_str_and_list(monkeypatch):
    assert env_str("X", "mặc định") == "mặc định"
    assert env_list("X", ("a",)) == ["a"]
    monkeypatch.setenv("X", " a.vn , b.vn,, ")
    assert env_list("X") == ["a.vn", "b.vn"]
    assert env_str("X") == "a.vn , b.vn,,"


def test_int(monkeypatch):
    assert env_int("X", 7) == 7
    monkeypatch.setenv("X", "12")
    assert env_int("X", 7, minimum=0, maximum=20) == 12
    assert "từ 13 trở lên" in refused(env_int, 7, minimum=13)
    assert "từ 0 đến 5" in refused(env_int, 7, minimum=0, maximum=5)
    monkeypatch.setenv("X", "1.5")
    assert "số nguyên" in refused(env_int, 7)


def test_secret_from_value_or_file(monkeypatch, tmp_path):
    assert env_secret("X") is None
    file = tmp_path / "secret"
    file.write_text("bí mật\n")
    monkeypatch.setenv("X_FILE", str(file))
    assert env_secret("X") == "bí mật"
    monkeypatch.setenv("X", "khác")
    assert "một trong hai" in refused(env_secret)
    monkeypatch.delenv("X")
    file.write_text(" \n")
    assert "rỗng" in refused(env_secret)
    monkeypatch.setenv("X_FILE", str(tmp_path / "none"))
    assert "không đọc được" in refused(env_secret)


def test_database(monkeypatch):
    assert env_database("X") is None
    monkeypatch.setenv("X", "postgres://ocop:m%40t@db.local:5433/so_bo")
    entry = env_database("X")
    assert (
        entry["ENGINE"],
        entry["NAME"],
        entry["USER"],
        entry["PASSWORD"],
        entry["HOST"],
        str(entry["PORT"]),
    ) == (
        "django.db.backends.postgresql",
        "so_bo",
        "ocop",
        "m@t",
        "db.local",
        "5433",
    )
    monkeypatch.setenv("X", "postgresql:///so_bo?host=/run/postgresql")
    assert env_database("X")["NAME"] == "so_bo"


@pytest.mark.parametrize(
    "value",
    [
        "mysql://u:bimat@h/db",
        "postgres://u:bimat@h",
        "postgres://u:bimat@h:port/db",
        "so_bo",
        "postgres://u:bimat@h/",
    ],
)
def test_database_refuses_without_repeating_the_password(monkeypatch, value):
    monkeypatch.setenv("X", value)
    told = refused(env_database)
    assert "postgres://" in told
    assert "bimat" not in told


def test_email(monkeypatch):
    assert env_email("X")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    monkeypatch.setenv("X", "smtp+tls://u:p@mail.vn:587")
    settings = env_email("X")
    assert settings["EMAIL_USE_TLS"]
    assert settings["EMAIL_HOST"] == "mail.vn"
    monkeypatch.setenv("X", "http://mail.vn")
    assert "smtp+tls://" in refused(env_email)
