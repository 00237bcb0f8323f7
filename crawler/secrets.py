"""What must never be shown: finding secrets in text, and reading them from where they belong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

#: Patterns of 5.7 in the reliability notes; each keeps enough to recognise what was hidden.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[A-Za-z0-9.-]{4,}"), r"\1-***"),
    (
        re.compile(
            r"(hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers))/[^\s\"'<>]+",
            re.IGNORECASE,
        ),
        r"\1/***",
    ),
    # user:password@ in any URL; a password may hold a slash or an "@", a host may not.
    (
        re.compile(r"\b([a-z][a-z0-9+.-]{1,30}://)[^\s/@\"'<>]*:?[^\s@\"'<>/]*@", re.IGNORECASE),
        r"\1***@",
    ),
    (
        re.compile(
            r"([?&;](?:access_|auth_)?(?:key|token|sig|signature|apikey|api_key|secret|password|passwd|pwd)=)"
            r"[^&\s\"'<>#]+",
            re.IGNORECASE,
        ),
        r"\1***",
    ),
    (re.compile(r"\b((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}"), r"\1***"),
)
_SLACK_TOKEN = re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp|xwfp)-[A-Za-z0-9.-]{4,}")
_SLACK_HOOK = re.compile(r"hooks\.slack(?:-gov)?\.com/", re.IGNORECASE)


class SecretMissing(Exception):
    """A secret is neither in the environment nor in the file that should hold it."""


class Secret:
    """A string that does not show itself; `reveal()` is the one way to read it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself. Hand it on; never format it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__


def redact(text: str) -> str:
    """Return *text* with every secret we know the shape of replaced by `***`. Idempotent."""
    for pattern, kept in _PATTERNS:
        text = pattern.sub(kept, text)
    return text


def secret_kind(value: str) -> str | None:
    """Return what kind of secret *value* looks like, or None: "a Slack token", "a webhook URL"."""
    if _SLACK_TOKEN.search(value):
        return "a Slack token"
    if _SLACK_HOOK.search(value):
        return "a Slack webhook URL"
    return None


def read_secret(env: str, file: Path | None, environ: Mapping[str, str]) -> Secret:
    """Return the secret in *file* when one is configured, else in the variable *env*.

    Raises:
        SecretMissing: it is in neither; the message says where to put it.
    """
    if file is not None:
        try:
            value = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise SecretMissing(f"cannot read the secret in {file}: {reason}") from None
        if not value:
            raise SecretMissing(f"the secret file {file} is empty")
        return Secret(value)
    value = environ.get(env, "").strip()
    if not value:
        raise SecretMissing(f"{env} is not set: put the secret into that environment variable")
    return Secret(value)
