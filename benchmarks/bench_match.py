"""Speed of the matcher beside one regular expression per theme and SQLite FTS5, on the same work.

    python benchmarks/bench_match.py [--themes 10000] [--articles 1000] [--runs 5]

The work is generated: articles of 800 words (one in five Chinese, of 1,600 characters) with words
as frequent as in real prose (Zipf), themes of 5 to 15 terms taken from those articles: words,
phrases, NEAR, NOT. All times are CPU seconds of this process on one core; rates are medians over
the runs, with the slowest and the fastest beside them.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import itertools
import random
import re
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from alerts.folded import Folded
from alerts.live import LiveMatcher
from alerts.match import Matcher, Subject
from alerts.query.parser import parse
from alerts.rules import Delivery
from alerts.terms import folded_term
from alerts.theme import Theme, Watchlist
from alerts.variants import forms

VOCABULARY = 30_000
#: The commonest words are no terms: nobody watches for "the".
COMMON = 4_000


@dataclass(frozen=True)
class Work:
    """One theme: a term of each group must occur, near pairs are groups, none of `never` may."""

    groups: tuple[tuple[str, ...], ...]
    near: tuple[str, str, int] | None
    never: tuple[str, ...]

    @property
    def query(self) -> str:
        parts = ["(" + " OR ".join(f'"{term}"' for term in group) + ")" for group in self.groups]
        if self.near:
            parts.append(f'("{self.near[0]}" NEAR/{self.near[2]} "{self.near[1]}")')
        parts += [f'NOT "{term}"' for term in self.never]
        return " AND ".join(parts)


class World:
    """Articles and themes, the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        letters = "etaoinshrdlucmfwypvbgk"
        rng = self._rng
        self._words = list(
            dict.fromkeys(
                "".join(rng.choices(letters, k=rng.randint(3, 11))) for _ in range(VOCABULARY)
            )
        )
        self._chars = [chr(0x4E00 + rng.randrange(6000)) for _ in range(2_500)]
        zipf = [1 / (rank + 3) for rank in range(len(self._words))]
        self._word_weights = list(itertools.accumulate(zipf))
        self._char_weights = list(itertools.accumulate(zipf[: len(self._chars)]))

    def articles(self, count: int) -> list[Subject]:
        return [self._chinese() if n % 5 == 4 else self._english() for n in range(count)]

    def _english(self) -> Subject:
        rng = self._rng
        words = rng.choices(self._words, cum_weights=self._word_weights, k=800)
        pieces = []
        for index, word in enumerate(words):
            end = rng.random()
            if index % 90 == 89:
                pieces.append(f"{word}.\n\n")
            elif end < 0.05:
                pieces.append(f"{word}. ")
            elif end < 0.12:
                pieces.append(f"{word}, ")
            elif end < 0.13:
                pieces.append(f"“{word}” ")
            else:
                pieces.append(f"{word} ")
        return Subject(title=" ".join(words[:9]).title(), text="".join(pieces).capitalize())

    def _chinese(self) -> Subject:
        rng = self._rng
        chars = rng.choices(self._chars, cum_weights=self._char_weights, k=1600)
        pieces = []
        for index, char in enumerate(chars):
            pieces.append(char)
            if index % 200 == 199:
                pieces.append("。\n\n")
            elif rng.random() < 0.07:
                pieces.append(rng.choice("，，，。、"))
        return Subject(title="".join(chars[:20]), text="".join(pieces), language="zh")

    def themes(self, count: int, articles: list[Subject]) -> list[Work]:
        english = [self._cut(article) for article in articles if article.language is None]
        chinese = [article.text for article in articles if article.language == "zh"]
        return [self._theme(english, chinese) for _ in range(count)]

    def _cut(self, article: Subject) -> list[str]:
        return re.findall(r"[a-z]+", article.text.split("\n\n")[0].lower())

    def _theme(self, english: list[list[str]], chinese: list[str]) -> Work:
        rng = self._rng
        draw = rng.random()
        kinds = "e" if draw < 0.5 else "ec" if draw < 0.85 else "c"
        terms = [self._term(rng.choice(kinds), english, chinese) for _ in range(rng.randint(5, 15))]
        never = tuple(terms.pop() for _ in range(rng.randint(1, 2)) if rng.random() < 0.25)
        near = None
        if rng.random() < 0.25:
            # Two different words: FTS5 finds one occurrence near itself, we do not.
            near = (*rng.sample(self._words[200:3000], 2), rng.choice((3, 5, 10)))
        cut = rng.randint(1, len(terms) - 1) if rng.random() < 0.85 else len(terms)
        groups = tuple(tuple(group) for group in (terms[:cut], terms[cut:]) if group)
        return Work(groups, near, never)

    def _term(self, kind: str, english: list[list[str]], chinese: list[str]) -> str:
        rng = self._rng
        if kind == "c":
            text = rng.choice(chinese)
            for _ in range(20):
                at = rng.randrange(len(text) - 6)
                term = text[at : at + rng.choice((3, 3, 4, 4, 5))]
                if term.isalpha():
                    return term
            return "芯片"
        if rng.random() < 0.5:
            return rng.choice(self._words[COMMON:15_000])
        words = rng.choice(english)
        at = rng.randrange(len(words) - 3)
        return " ".join(words[at : at + rng.choice((2, 2, 3))])


def watchlist(work: list[Work]) -> Watchlist:
    themes = tuple(
        Theme(id=str(n), name=str(n), query=parse(one.query)) for n, one in enumerate(work)
    )
    return Watchlist(id="w", name="w", destination="d", delivery=Delivery(), themes=themes)


def resident_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def by_regex(work: list[Work], articles: list[Subject]) -> Iterator[list[int]]:
    """One compiled expression per theme, on the folded text."""
    compiled = []
    for one in work:
        tests = [f"(?=.*?(?:{'|'.join(_term_re(t) for t in group)}))" for group in one.groups]
        if one.near:
            a, b, n = _term_re(one.near[0]), _term_re(one.near[1]), one.near[2]
            gap = rf"(?: \S+){{0,{n}}}(?= )"
            tests.append(f"(?=.*?(?:{a}{gap}{b}|{b}{gap}{a}))")
        tests += [f"(?!.*?{_term_re(term)})" for term in one.never]
        compiled.append(re.compile("".join(tests), re.DOTALL))
    for article in articles:
        text = Folded(article.title, article.text).scan
        yield [n for n, pattern in enumerate(compiled) if pattern.match(text)]


def _term_re(term: str) -> str:
    """A form of *term* with its borders; the one behind is left for what follows."""
    found = []
    for form in forms(term):
        folded = folded_term(form)
        found.append(folded if folded[0] > "\u2e7f" else f" {folded}(?= )")
    return f"(?:{'|'.join(dict.fromkeys(found))})"


def by_fts5(work: list[Work], articles: list[Subject]) -> Iterator[list[int]]:
    """SQLite's full-text index over batches of 100 articles; every theme is asked of each."""
    queries = []
    for one in work:
        parts = ["(" + " OR ".join(_fts(term) for term in group) + ")" for group in one.groups]
        if one.near:
            a, b, n = one.near
            pairs = itertools.product(_fts_forms(a), _fts_forms(b))
            parts.append("(" + " OR ".join(f"NEAR({x} {y}, {n})" for x, y in pairs) + ")")
        query = " AND ".join(parts)
        for term in one.never:
            query = f"({query}) NOT {_fts(term)}"
        queries.append(query)
    for start in range(0, len(articles), 100):
        batch = articles[start : start + 100]
        base = sqlite3.connect(":memory:")
        base.execute("CREATE VIRTUAL TABLE a USING fts5(t, tokenize='unicode61')")
        for number, article in enumerate(batch):
            text = _spread(Folded(article.title, article.text).scan.replace("\x03", "zzparazz"))
            base.execute("INSERT INTO a(rowid, t) VALUES (?, ?)", (number, text))
        found: list[list[int]] = [[] for _ in batch]
        for number, query in enumerate(queries):
            for (row,) in base.execute("SELECT rowid FROM a WHERE a MATCH ?", (query,)):
                found[row].append(number)
        base.close()
        yield from found


def _spread(text: str) -> str:
    """Each Han character as a token; a mark between two of them, which ends a term, as one too."""
    text = re.sub("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", " zzbreak ", text)
    return re.sub("([\u4e00-\u9fff])", r" \1 ", text)


def _fts_forms(term: str) -> list[str]:
    folded = dict.fromkeys(_spread(folded_term(form)) for form in forms(term))
    return [f'"{form}"' for form in folded]


def _fts(term: str) -> str:
    return "(" + " OR ".join(_fts_forms(term)) + ")"


def digest(found: list[list[int]]) -> str:
    return hashlib.sha256(repr(found).encode()).hexdigest()[:12]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--themes", type=int, default=10_000)
    arguments.add_argument("--articles", type=int, default=1_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--sample", type=int, default=20, help="articles for the slow engines")
    given = arguments.parse_args()
    world = World()
    articles = world.articles(given.articles)
    for count in sorted({100, 1_000, given.themes}):
        work = world.themes(count, articles)
        run(count, work, articles, given.sample, given.runs)


def run(count: int, work: list[Work], articles: list[Subject], sample: int, runs: int) -> None:
    terms = sum(len(group) for one in work for group in one.groups)
    started = time.process_time()
    themes = watchlist(work)
    parsed = time.process_time() - started
    before = resident_mb()
    started = time.process_time()
    matcher = Matcher([themes])
    built = time.process_time() - started
    memory = resident_mb() - before
    live = LiveMatcher([themes])
    started = time.process_time()
    edited = themes.themes[0].__class__(id="0", name="0", query=parse("entirely NEAR/3 different"))
    changed = Watchlist(
        id="w", name="w", destination="d", delivery=Delivery(), themes=(edited, *themes.themes[1:])
    )
    live = live.updated([changed])
    edit = time.process_time() - started
    assert live.match(Subject(title="", text="entirely different"))[0].theme == "0"
    del live
    matcher.match(articles[0])
    rates = []
    for _ in range(runs):
        started = time.process_time()
        matches = spans = 0
        for article in articles:
            found = matcher.match(article)
            matches += len(found)
            spans += sum(len(match.spans) for match in found)
        rates.append(len(articles) / (time.process_time() - started))
    print(
        f"{count:,} themes, {terms:,} terms: parse {parsed:.2f} s, build {built:.2f} s, "
        f"{memory:.0f} MB, an edited theme live in {edit:.2f} s"
    )
    print(
        f"  windcatch  {rated(rates)}   {matches / len(articles):.1f} matches "
        f"and {spans / len(articles):.1f} spans an article"
    )
    slow = articles[: max(sample, 100)]
    wanted = [[int(match.theme) for match in matcher.match(article)] for article in slow]
    for name, engine, size in (("regex", by_regex, sample), ("FTS5", by_fts5, max(sample, 100))):
        piece = articles[:size]
        rates = []
        for _ in range(min(runs, 3)):
            rows = engine(work, piece)
            started = time.process_time()
            got = list(rows)
            rates.append(len(piece) / (time.process_time() - started))
        same = "identical" if got == wanted[: len(piece)] else "DIFFERENT"
        print(f"  {name:10} {rated(rates)}   {len(piece)} articles, matches {same} ({digest(got)})")


def rated(rates: list[float]) -> str:
    """Return the median of articles a second, with the least and the most."""
    return f"{median(rates):9,.1f} articles/s ({min(rates):,.1f} to {max(rates):,.1f})"


if __name__ == "__main__":
    main()
