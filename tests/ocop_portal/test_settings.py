"""Production refuses what is missing or unsafe; the table of operations.md names every variable that is read."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "PRODUCTION": "1",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "ocop.example.vn",
    "DATABASE_URL": "postgres:///none",
}


def start(**changes):
    """Import the settings in a process of their own."""
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")} | GOOD | changes
    code = "from ocop_portal import settings as s; print(s.SESSION_COOKIE_SECURE, s.SECOND_FACTOR_REQUIRED, s.DEBUG)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_production_starts_when_all_is_given():
    done = start()
    assert done.stdout.split() == ["True", "True", "False"], done.stderr


def test_the_web_server_limits_its_queries():
    code = "from ocop_portal.settings import DATABASES as d; print(d['default'].get('OPTIONS'))"
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")} | GOOD
    told = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=env | e, capture_output=True, text=True, check=True
        )
        for e in ({}, {"STATEMENT_TIMEOUT_MS": "10000"})
    ]
    assert "statement_timeout" not in told[0].stdout
    assert "statement_timeout=10000" in told[1].stdout


REFUSED = [
    ({"SECRET_KEY": ""}, "cần SECRET_KEY"),
    ({"SECRET_KEY": "ngắn"}, "ít nhất 50 ký tự"),
    ({"ALLOWED_HOSTS": ""}, "cần ALLOWED_HOSTS"),
    ({"DATABASE_URL": ""}, "cần DATABASE_URL"),
    ({"DEBUG": "1"}, "không đi cùng DEBUG"),
    ({"OCOP_DEMO": "1"}, "OCOP_DEMO"),
    ({"OCOP_TODAY": "2026-01-01"}, "OCOP_TODAY"),
    ({"PRODUCTION": "vâng"}, "chỉ nhận 1, 0"),
    ({"STATEMENT_TIMEOUT_MS": "-1"}, "từ 0 trở lên"),
    ({"PRODUCTION": "0", "OCOP_TODAY": "mai"}, "không phải là ngày"),
]


def test_start_is_refused_with_a_sentence():
    """All but the first in one process, which reads the settings anew for each."""
    done = start(**REFUSED[0][0])
    assert done.returncode != 0
    told = [done.stderr.strip().splitlines()[-1]]
    code = """import json, os, runpy, sys
for changes in json.loads(sys.argv[1]):
    os.environ.update(changes)
    try:
        runpy.run_module("ocop_portal.settings")
        print("started")
    except Exception as refusal:
        print(" ".join(str(refusal).split()))
    for name in changes:
        os.environ.pop(name)
    os.environ.update(json.loads(sys.argv[2]))
"""
    others = json.dumps([changes for changes, _ in REFUSED[1:]])
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")} | GOOD
    done = subprocess.run(
        [sys.executable, "-c", code, others, json.dumps(GOOD)],
        cwd=ROOT,
        env=env | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    told += done.stdout.splitlines()
    for (changes, sentence), line in zip(REFUSED, told, strict=True):
        assert sentence in line, changes


def test_logs_are_one_json_object_a_line():
    code = (
        "from ocop_portal import settings; import logging.config, structlog; logging.config.dictConfig(settings.LOGGING);"
        "structlog.get_logger('ocop').info('đã ghi', so='01/QĐ'); logging.getLogger('django').warning('chú ý %s', 'a')"
    )
    env = (
        {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
        | GOOD
        | {"PYTHONIOENCODING": "utf-8"}
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("đã ghi", "info"), ("chú ý a", "warning")]
    assert "đã ghi" in done.stderr, "Vietnamese stays readable"


def test_every_variable_is_documented():
    read = set()
    for path in [*(ROOT / "ocop_portal").rglob("*.py"), ROOT / "gunicorn.conf.py"]:
        text = path.read_text()
        read |= set(re.findall(r"env_\w+\(\s*\"([A-Z_]+)\"", text)) | set(
            re.findall(r"environ\.get\(\"([A-Z_]+)\"", text)
        )
    told = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert read - told == set()
    assert {name for name in told if name.isupper() and "_" in name} - read <= {
        "SECRET_KEY_FILE",
        "DATABASE_URL_FILE",
        "EMAIL_URL_FILE",
        "NAME_FILE",
        "MEDIA_ROOT",
    }
