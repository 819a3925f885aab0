"""Reading the environment strictly: what is not understood stops the start with a sentence."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true"}, {"0", "false"}
_DATABASES = ("postgres", "postgresql")
_MAIL = ("smtp", "smtp+tls", "smtps", "consolemail", "dummymail", "filemail")


def env_str(name: str, default: str = "") -> str:
    """The value without surrounding space; the default when unset or empty."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool = False) -> bool:
    """1/0 or true/false. Raises ImproperlyConfigured for anything else."""
    value = env_str(name).lower()
    if not value:
        return default
    if value not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name}={value!r}: chỉ nhận 1, 0, true hoặc false.")
    return value in _TRUE


def env_int(name: str, default: int, minimum: int | None = None, maximum: int | None = None) -> int:
    """A whole number within bounds. Raises ImproperlyConfigured."""
    value = env_str(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: phải là số nguyên.") from None
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        bounds = f"từ {minimum} trở lên" if maximum is None else f"từ {minimum} đến {maximum}"
        raise ImproperlyConfigured(f"{name}={number}: phải {bounds}.")
    return number


def env_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Values parted by commas."""
    value = env_str(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def env_secret(name: str) -> str | None:
    """A secret from NAME, or from the file that NAME_FILE names. Raises ImproperlyConfigured."""
    value, path = env_str(name), env_str(f"{name}_FILE")
    if value and path:
        raise ImproperlyConfigured(f"Chỉ đặt một trong hai: {name} hoặc {name}_FILE.")
    if not path:
        return value or None
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE: không đọc được tệp ({type(error).__name__}).") from None
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE: tệp rỗng.")
    return value


def env_database(name: str) -> dict[str, Any] | None:
    """An entry of DATABASES from a URL (also NAME_FILE); None when unset. The password is never repeated.

    `postgres://user:password@host:5432/name`, or `postgres:///name?host=/run/postgresql` for a socket.
    Raises ImproperlyConfigured.
    """
    value = env_secret(name)
    if value is None:
        return None
    example = "postgres://người_dùng:mật_khẩu@máy_chủ:5432/tên_cơ_sở_dữ_liệu"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name}: địa chỉ không hợp lệ. Hãy viết dạng {example}.") from None
    if parts.scheme not in _DATABASES or not parts.path.strip("/") or (port is not None and not port):
        raise ImproperlyConfigured(f"{name}: cần địa chỉ PostgreSQL dạng {example}.")
    return dict(environ.Env.db_url_config(value))


def env_email(name: str) -> dict[str, Any]:
    """EMAIL_* settings from a URL such as `smtp+tls://user:password@host:587`; unset: mail goes to the console.

    Raises ImproperlyConfigured.
    """
    value = env_secret(name) or "consolemail://"
    scheme = urlsplit(value).scheme
    if scheme not in _MAIL:
        raise ImproperlyConfigured(f"{name}: chỉ nhận {', '.join(f'{s}://' for s in _MAIL)}.")
    return dict(environ.Env.email_url_config(value))
