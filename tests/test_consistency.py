"""Rules that hold for the whole project, read from its code."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("ocop_portal", "producers", "products", "ratings", "reports")
# Only these may name every app: they put the whole together or load it.
COMPOSITION_ROOT = (
    "ocop_portal/settings.py",
    "ocop_portal/urls.py",
    "ocop_portal/desk_urls.py",
    "ocop_portal/management/",
    "ocop_portal/demo/",
)
PUBLIC = {
    "home",
    "gallery",
    "healthz",
    "readyz",
    "products:list",
    "products:csv",
    "products:xlsx",
    "products:json",
    "products:detail",
    "products:explained",
    "products:collections",
    "products:collection",
    "products:collection-card",
    "products:collection-cover",
    "products:qr",
    "products:qr-png",
    "products:qr-pdf",
    "products:badge-page",
    "products:badge-svg",
    "products:badge-png",
    "products:card",
    "products:site-card",
    "products:short",
    "products:check",
    "products:certificate",
    "products:photo",
    "products:complain",
    "products:complain-of-a-pack",
    "products:complaint",
    "producers:list",
    "producers:detail",
    "producers:points-of-sale",
    "producers:point-of-sale",
    "producers:events",
    "producers:event",
    "producers:gallery",
    "producers:event-photo",
    "ratings:self-assessment",
    "reports:statistics",
    "reports:open-data",
    "reports:data-dictionary",
    "reports:visits",
    "reports:news",
    "reports:news-item",
    "reports:news-file",  # of what is published
    "reports:map",
    "reports:feeds",
    "reports:feed",
    "reports:list-feed",
    "reports:robots",
    "reports:sitemap",
    "reports:sitemap-pages",
    "reports:sitemap-file",
    "reports:calendar",  # opened by the secret address alone
    "api-v1:openapi-json",
    "api-v1:api-root",
    "api-v1:statistics",
    "api-v1:products",
    "api-v1:product",
    "api-v1:producers",
    "api-v1:producer",
    "api-v1:certificates",
    "api-v1:certificate",
    "api-v1:decisions",
    "api-v1:decision",
    "api-v1:units",
    "api-v1:unit",
    "api-v1:groups",
    "api-v1:points-of-sale",
    "api-v1:rulesets",
    "api-v1:ruleset",
    "api-v1:criteria-set",
    "api-v1:changes",
    "api-v1:bulk",
    "api-v1:bulk-file",
    "api-v1:dictionary",
    "api-v1:score_choices",
    # Signing in is for those who have not signed in; these are the library's own views.
    "account_login",
    "account_inactive",
    "mfa_authenticate",
    "account_logout",
    "admin:login",
}
# A part of the whole it belongs to, and gone with it; everything else protects what points at it.
CASCADES = {
    "producers.CampaignParticipant.campaign",
    "producers.PromotionParticipant.promotion",
    "producers.PromotionImage.promotion",
    "producers.Supply.point",
    "ocop_portal.UnitName.unit",
    "products.InspectedProduct.inspection",
    "products.Packaging.product",
    "products.SalesChannel.product",
    "products.ProductMark.product",
    "products.RawMaterialArea.product",
    "products.ExportMarket.product",
    "products.ProductImage.product",
    "products.CollectionItem.collection",
    "products.CollectionImage.collection",
}


def sources() -> list[Path]:
    return [p for layer in LAYERS for p in (ROOT / layer).rglob("*.py")]


def own_models() -> list[type[models.Model]]:
    found = [m for layer in LAYERS for m in apps.get_app_config(layer).get_models()]
    return [m for m in found if not m.__name__.endswith("Event") and not m._meta.auto_created]


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    return names | {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}


def test_imports_run_one_way():
    wrong = []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(COMPOSITION_ROOT):
            continue
        above = LAYERS[LAYERS.index(name.split("/")[0]) + 1 :]
        wrong += [f"{name} imports {module}" for module in imported(path) if module.split(".")[0] in above]
    assert wrong == []


def test_no_module_over_400_lines_and_no_function_over_60():
    wrong = []
    for path in sources():
        if "/migrations/" in path.as_posix():
            continue
        text = path.read_text()
        if len(text.splitlines()) > 400:
            wrong.append(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 60:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert wrong == []


def test_today_is_asked_of_the_clock_alone():
    pattern = re.compile(r"date\.today\(\)|timezone\.localdate\(\)|datetime\.now\(|timezone\.now\(\)\.date")
    wrong = [
        p.relative_to(ROOT).as_posix()
        for p in sources()
        if pattern.search(p.read_text()) and p.name != "clock.py" and "/demo/" not in p.as_posix()
    ]
    assert wrong == []


def test_foreign_keys_protect_and_are_named_from_the_other_side():
    wrong = []
    for model in own_models():
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey) or field.model is not model:
                continue
            name = f"{model._meta.app_label}.{model.__name__}.{field.name}"
            if (name in CASCADES) != (field.remote_field.on_delete is models.CASCADE):
                wrong.append(f"{name}: {field.remote_field.on_delete.__name__}")
            if name not in CASCADES and field.remote_field.on_delete is not models.PROTECT:
                wrong.append(f"{name} does not protect")
            if not field.remote_field.related_name:
                wrong.append(f"{name} has no related_name")
    assert wrong == []


def test_models_say_what_they_are():
    for model in own_models():
        assert model.__doc__, model
        assert not model.__doc__.startswith(f"{model.__name__}("), f"{model} has no docstring"
        for name in (model._meta.verbose_name, model._meta.verbose_name_plural):
            assert str(name)[0] == str(name)[0].lower(), f"{model}: {name}"


def test_every_model_is_tracked():
    untracked = {
        m.__name__ for m in own_models() if not hasattr(m, "pgh_event_model") and not hasattr(m, "events")
    }
    # Rows that triggers keep from ever changing are their own history; who loaded them is told by the row above them.
    unchanging = {"Band", "CriteriaSet", "Section", "Criterion", "Option", "AgreedOption", "Reminder"}
    # Kept by the database's own triggers from what is tracked.
    reckoned = {"RegisterRevision", "RegisterChange", "Tally", "SearchEntry"}
    # Sums without anybody in them, lost without harm.
    reckoned |= {"VisitDay"}
    assert untracked == reckoned | unchanging


def patterns(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            space = f"{prefix}{item.namespace}:" if item.namespace else prefix
            found += patterns(item, space)
        else:
            found.append((f"{prefix}{item.name}", item))
    return found


def test_public_views_are_exactly_these():
    """Closed by default: a view opens by `login_not_required`, and is then listed here."""
    public = {name for name, p in patterns(get_resolver()) if not getattr(p.callback, "login_required", True)}
    assert public == PUBLIC


def test_desk_views_name_their_permission():
    missing = [
        name
        for name, p in patterns(get_resolver())
        if name.startswith("desk:") and not hasattr(p.callback, "required_permission")
    ]
    assert missing == []


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(ROOT / "templates").as_posix())
def test_templates_keep_to_the_content_policy(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text), path
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag, tag


def test_static_drawings_carry_no_style():
    for path in (ROOT / "static").rglob("*.svg"):
        assert not re.search(r"style=|<style|<script", path.read_text()), path


def test_nothing_at_run_time_reads_the_shared_folder():
    for path in sources():
        assert "../shared" not in path.read_text(), path


def test_no_index_address_is_tracked():
    """Locks carry hashes; where a machine fetches packages from is its own matter."""
    marks = ("file:" + "//", "index-" + "url", "find-" + "links")
    for path in [
        *(ROOT / "requirements").glob("*.txt"),
        ROOT / "pyproject.toml",
        ROOT / "Dockerfile",
        ROOT / "Makefile",
    ]:
        text = path.read_text()
        assert not any(mark in text for mark in marks), path
    for lock in (ROOT / "requirements").glob("*.txt"):
        names = re.findall(r"(?m)^[a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==", lock.read_text())
        assert len(names) > 30
        assert lock.read_text().count("--hash=sha256:") >= len(names)
