"""Settings in one file, parsed strictly: a bad value stops the start with a sentence.

Everything has a working default, so that a fresh clone runs with nothing set. `PRODUCTION=1` turns the
defaults that suit a desk into refusals.
"""

import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pghistory
from django.core.exceptions import ImproperlyConfigured

from ocop_portal import embedded
from ocop_portal.env import env_bool, env_database, env_email, env_int, env_list, env_secret, env_str
from ocop_portal.logging import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(env_str("STATE_DIR", str(BASE_DIR / "var")))

PRODUCTION = env_bool("PRODUCTION")
DEBUG = env_bool("DEBUG")
# A demo says on every page that its data is illustrative, and only a demo has demo accounts.
DEMO = env_bool("OCOP_DEMO")
if PRODUCTION and (DEBUG or DEMO):
    raise ImproperlyConfigured("PRODUCTION=1 không đi cùng DEBUG=1 hay OCOP_DEMO=1.")


def _secret_key() -> str:
    """The key given; in production it must be given, elsewhere one is made and kept beside the database."""
    if key := env_secret("SECRET_KEY"):
        if PRODUCTION and len(key) < 50:
            raise ImproperlyConfigured("SECRET_KEY phải dài ít nhất 50 ký tự.")
        return key
    if PRODUCTION:
        raise ImproperlyConfigured("PRODUCTION=1 cần SECRET_KEY (hoặc SECRET_KEY_FILE).")
    from django.core.management.utils import get_random_secret_key

    path = STATE_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Several workers may start at once: the first to link its file wins.
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as new:
            new.write(get_random_secret_key())
            new.flush()
            with suppress(FileExistsError):
                path.hardlink_to(new.name)
    return path.read_text()


def _fixed_day() -> date | None:
    """The day on which a rehearsal reads the register (`OCOP_TODAY=2026-12-01`); never in production."""
    if not (value := env_str("OCOP_TODAY")):
        return None
    if PRODUCTION:
        raise ImproperlyConfigured("OCOP_TODAY không dùng được khi PRODUCTION=1.")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"OCOP_TODAY={value!r} không phải là ngày dạng 2026-12-31.") from error


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
TODAY = _fixed_day()
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", () if PRODUCTION else ("*",))
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("PRODUCTION=1 cần ALLOWED_HOSTS, ví dụ: ocop.backan.gov.vn.")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "ocop_portal",
    "producers",
    "products",
    "ratings",
    "reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ocop_portal.api.middleware.OpenApiMiddleware",
    "reports.visits.VisitsMiddleware",
    "ocop_portal.pages.PagesMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # of changing length, and tokens are masked: nothing to guess from sizes
    "ocop_portal.csp.ContentSecurityPolicyMiddleware",
    "ocop_portal.languages.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ocop_portal.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "ocop_portal.urls"
WSGI_APPLICATION = "ocop_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
FORMS_URLFIELD_ASSUME_HTTPS = True  # the default from Django 6.0 on

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ocop_portal.context.site",
            ],
            # Every public template speaks two languages.
            "builtins": ["django.templatetags.i18n"],
        },
    },
]


def _database() -> dict[str, Any]:
    """The server of `DATABASE_URL`, else an embedded one under `STATE_DIR`, which is refused in production."""
    given = env_database("DATABASE_URL")
    if given is None:
        if PRODUCTION:
            raise ImproperlyConfigured("PRODUCTION=1 cần DATABASE_URL, ví dụ: postgres://ocop@db/ocop.")
        given = embedded.connection(STATE_DIR / "pg")
    # Compiling a query takes longer than any query of a page. Where a rehearsal fixes the day, the database's own
    # counts are of that day too (products.tally).
    options = [given.get("OPTIONS", {}).get("options", ""), "-c jit=off"]
    options += [f"-c ocop_portal.today={TODAY.isoformat()}"] if TODAY else []
    # The web server sets a limit (gunicorn.conf.py): a page's query that takes longer is a fault of ours, not a
    # reason to hold a worker. Migrations and loads have none.
    if limit := env_int("STATEMENT_TIMEOUT_MS", 0, minimum=0):
        options.append(f"-c statement_timeout={limit}")
    given["OPTIONS"] = {**given.get("OPTIONS", {}), "options": " ".join(options).strip()}
    return {
        **given,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env_str("TEST_DATABASE_NAME") or None},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        # Shared by all workers, so that limits on signing in count once, not once a worker.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "ocop_portal_cache",
        # The default of 300 would drop limits and tokens of forms while they still count.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Public pages that a process keeps under the revision of the register, at most; 0 keeps none. While templates are
# written none are kept: they are not part of the revision.
PAGES_MEMORY_MB = 0 if DEBUG else env_int("PAGES_MEMORY_MB", 64, minimum=0, maximum=4096)

# How often each process adds the visits that it counted to the database, in seconds; 0 counts none.
VISITS_SECONDS = env_int("VISITS_SECONDS", 30, minimum=0, maximum=3600)

AUTH_USER_MODEL = "ocop_portal.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "ocop_portal.accounts.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# How many proxies of ours stand before the portal: the reader's address is then read from X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0, minimum=0, maximum=5)
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_FORMS = {
    "login": "ocop_portal.accounts.LoginForm",
    "change_password": "ocop_portal.accounts.ChangePasswordForm",
    "reauthenticate": "ocop_portal.accounts.PasswordReauthenticateForm",
}
MFA_ADAPTER = "ocop_portal.accounts.StaffMFAAdapter"
MFA_FORMS = {
    "activate_totp": "ocop_portal.accounts.CodeActivateForm",
    "authenticate": "ocop_portal.accounts.CodeAuthenticateForm",
    "reauthenticate": "ocop_portal.accounts.CodeReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Sổ bộ OCOP"
# Roles that must have a second factor before they reach the desk or the admin.
SECOND_FACTOR_REQUIRED = env_bool("SECOND_FACTOR_REQUIRED", PRODUCTION)

SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "manifest-src": ["'self'"],
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["ocop_portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", str(STATE_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Without collected files (tests, runserver) the manifest has nothing to say.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if not env_bool("COLLECTED_STATIC", PRODUCTION)
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # one decision may carry two hundred recognitions on one page

EMAIL_TIMEOUT = 30  # seconds; a mail server that falls silent must not hold a run for ever
globals().update(env_email("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "ocop@localhost")
# The mail system drops a second mail of the same Message-ID: an attempt of unknown outcome may simply be repeated.
MAIL_DEDUPLICATES = env_bool("MAIL_DEDUPLICATES")

LOGGING = logging_config(json=PRODUCTION)

PGHISTORY_APPEND_ONLY = True
# Events name the person in words too, and must outlive any row they speak of.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# A demo shows where the office's address and telephone stand; both say that they are none.
_OFFICE = ("Số 1, đường Minh Họa (địa chỉ minh họa)", "0209 000 000 (số minh họa)") if DEMO else ("", "")
SITE = {
    "name": env_str("SITE_NAME", "Sổ bộ sản phẩm OCOP"),
    "province_name": env_str("PROVINCE_NAME", "Bắc Kạn"),
    "office_name": env_str("OFFICE_NAME", "Văn phòng Điều phối Nông thôn mới"),
    "office_address": env_str("OFFICE_ADDRESS", _OFFICE[0]),
    "office_phone": env_str("OFFICE_PHONE", _OFFICE[1]),
    "committee_name": env_str("COMMITTEE_NAME", "UBND tỉnh Thái Nguyên"),
    "committee_place": env_str("COMMITTEE_PLACE", "Thái Nguyên"),
    "ministry_name": env_str("MINISTRY_NAME", "Bộ Nông nghiệp và Môi trường"),
}
# Citizens' reports: working days in which an answer is promised (the office's own rule, no law sets it), days for which
# a contact is kept after a report is closed, and how many reports a day are taken from one address and on one product.
COMPLAINT_ANSWER_DAYS = env_int("COMPLAINT_ANSWER_DAYS", 15, minimum=1, maximum=60)
COMPLAINT_CONTACT_DAYS = env_int("COMPLAINT_CONTACT_DAYS", 180, minimum=1, maximum=730)
COMPLAINTS_PER_ADDRESS = env_int("COMPLAINTS_PER_ADDRESS", 10, minimum=1, maximum=1_000)
COMPLAINTS_PER_PRODUCT = env_int("COMPLAINTS_PER_PRODUCT", 30, minimum=1, maximum=1_000)
# The open API: requests a minute from one address (0: no limit), counted in a file that the workers share; whom to ask;
# under which licence the data may be used.
API_REQUESTS_PER_MINUTE = env_int("API_REQUESTS_PER_MINUTE", 600, minimum=0, maximum=100_000)
API_LIMITS_FILE = STATE_DIR / "api-windows"
API_CONTACT_EMAIL = env_str("API_CONTACT_EMAIL")
OPEN_DATA_LICENCE = env_str("OPEN_DATA_LICENCE", "CC BY 4.0")
OPEN_DATA_LICENCE_URL = env_str(
    "OPEN_DATA_LICENCE_URL",
    "https://creativecommons.org/licenses/by/4.0/deed.vi" if OPEN_DATA_LICENCE == "CC BY 4.0" else "",
)
# Files of open data that were made are kept here until the register or the day changes.
OPEN_DATA_FILES = STATE_DIR / "open-data"
# Printed in QR codes and shown where a reader should check the address; empty: the host of the request.
SITE_URL = env_str("SITE_URL")

DJANGO_STRUCTLOG_COMMAND_LOGGING_ENABLED = False
