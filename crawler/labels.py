"""Hits on a sheet for people to label, and the precision that their labels say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from alerts.backtest import ThemeReport
from crawler.exports.rows import safe
from crawler.inputs import InputProblem, read_bytes

COLUMNS = ("watchlist", "theme", "article", "day", "source", "title", "snippet", "url", "label")
RIGHT = frozenset({"y", "yes", "1", "true", "t", "x", "right", "ok", "+", "✓", "是", "对", "예"})
WRONG = frozenset({"n", "no", "0", "false", "f", "wrong", "-", "✗", "否", "错", "아니오"})
#: Of the normal distribution, for 95 %.
_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What labels say about one theme."""

    watchlist: str
    theme: str
    right: int
    wrong: int
    #: Rows that nobody labelled.
    open: int

    @property
    def share(self) -> float | None:
        """Right ones of those labelled; None when none is."""
        labelled = self.right + self.wrong
        return self.right / labelled if labelled else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share (Wilson 1927): what so few labels can tell."""
        count = self.right + self.wrong
        if not count:
            return 0.0, 1.0
        share, square = self.right / count, _Z * _Z
        middle = (share + square / (2 * count)) / (1 + square / count)
        reach = _Z * sqrt(share * (1 - share) / count + square / (4 * count * count))
        reach /= 1 + square / count
        return max(0.0, middle - reach), min(1.0, middle + reach)


def sheet(themes: Iterable[ThemeReport]) -> bytes:
    """Return the sampled hits of *themes* as CSV that spreadsheets open: UTF-8, no formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for theme in themes:
        for hit in theme.sample:
            cells = (
                *(theme.watchlist, theme.theme, str(hit.article_id), hit.day, hit.source_id),
                *(hit.title, hit.snippet, hit.url, ""),
            )
            writer.writerow([safe(" ".join((cell or "").split())) for cell in cells])
    # With a mark: without one, spreadsheets take UTF-8 for the local code page.
    text = out.getvalue().encode("utf-8", "replace")
    return b"\xef\xbb\xbf" + text


def read_labels(path: str) -> tuple[Precision, ...]:
    """Return what the labels of a sheet say, for each theme on it.

    Raises:
        InputProblem: it is no such sheet, or a label is neither yes nor no; the row is told.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputProblem(f'{path}: not UTF-8: save it as "CSV UTF-8"') from None
    first = text.split("\n", 1)[0]
    # Spreadsheets write the separator of their country.
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    tallies: dict[tuple[str, str], list[int]] = {}
    try:
        missing = {"watchlist", "theme", "label"} - set(rows.fieldnames or ())
        if missing:
            raise InputProblem(f"{path}: no column {', '.join(sorted(missing))}: not such a sheet")
        for row in rows:
            place = tallies.setdefault(_theme(row, path, rows.line_num), [0, 0, 0])
            place[_kind(row["label"], path, rows.line_num)] += 1
    except csv.Error as error:
        raise InputProblem(f"{path}:{rows.line_num}: {error}") from None
    return tuple(
        Precision(watchlist=watchlist, theme=theme, right=right, wrong=wrong, open=open_)
        for (watchlist, theme), (right, wrong, open_) in tallies.items()
    )


def _theme(row: dict[str, str], path: str, line: int) -> tuple[str, str]:
    watchlist, theme = row["watchlist"], row["theme"]
    if not watchlist or not theme:
        raise InputProblem(f"{path}:{line}: watchlist and theme must be stated")
    return watchlist, theme


def _kind(label: str | None, path: str, line: int) -> int:
    said = (label or "").strip().casefold().lstrip("'")
    if not said:
        return 2
    if said in RIGHT or said in WRONG:
        return int(said in WRONG)
    raise InputProblem(f"{path}:{line}: label {said[:20]!r}: write y or n, or nothing")


def overall(found: Sequence[Precision]) -> Precision:
    """Return the labels of all themes together."""
    return Precision(
        watchlist="",
        theme="all",
        right=sum(one.right for one in found),
        wrong=sum(one.wrong for one in found),
        open=sum(one.open for one in found),
    )
