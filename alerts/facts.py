"""What a query may ask of an article beside its words: source, language, agency, date. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase

from alerts.theme import Subject


def source_test(value: str) -> Callable[[Subject], bool]:
    """Return a test on the source: its id (with wildcards), or a host or domain of its URL."""

    def holds(subject: Subject) -> bool:
        if subject.source_id is not None and fnmatchcase(subject.source_id.lower(), value):
            return True
        if "." not in value or not subject.url:
            return False
        host = subject.url.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
        host = host.split(":", 1)[0].lower()
        return host == value or host.endswith("." + value)

    return holds


def language_test(value: str) -> Callable[[Subject], bool]:
    """Return a test on the language: "zh" holds for "zh-hant" too; unknown is no language."""
    return lambda subject: subject.language is not None and _speaks(subject.language, value)


def _speaks(language: str, wanted: str) -> bool:
    language = language.lower().replace("_", "-")
    return language == wanted or language.startswith(wanted + "-")


def looks_at(languages: tuple[str, ...], subject: Subject) -> bool:
    """Say whether a theme for *languages* looks at *subject*; unknown ones are looked at."""
    if not languages or subject.language is None:
        return True
    return any(_speaks(subject.language, wanted) for wanted in languages)


def agency_test(value: str) -> Callable[[Subject], bool]:
    """Return a test on the wire agency, any case, with wildcards."""
    return lambda subject: subject.agency is not None and fnmatchcase(subject.agency.lower(), value)


def date_test(since: date | None, until: date | None) -> Callable[[Subject], bool]:
    """Return a test on the day of publication in UTC; an unknown one is in no range."""

    def holds(subject: Subject) -> bool:
        published: datetime | None = subject.published_at
        if published is None:
            return False
        day = published.astimezone(UTC).date()
        return (since is None or day >= since) and (until is None or day < until)

    return holds


def comes_from(sources: tuple[Callable[[Subject], bool], ...], subject: Subject) -> bool:
    """Say whether a theme for *sources* looks at *subject*; one of unknown source is looked at."""
    if not sources or (subject.source_id is None and subject.url is None):
        return True
    return any(holds(subject) for holds in sources)
