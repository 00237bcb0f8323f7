"""Precision and recall of story search on copies made from the real texts in ../shared/data.

Every origin gets copies of each kind; all are clustered as if they arrived one after another, then
each copy is asked: joined to its origin (right), to another (wrong), or alone (missed)?

Run: python benchmarks/eval_copies.py [--origins 300] [--seed 0] [--show]

Seed 0 is the set the rules were mended on; any other picks other origins and makes other copies.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from storage.normal import sentences
from storage.stories import Document, cluster, signature
from storage.types import CopyKind

DATA = ROOT.parent / "shared" / "data"
SHARES = (5, 10, 20, 30, 40, 50)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"(?<![\w'’-])[a-zà-ÿ]{4,}(?![\w'’-])")


@dataclass(frozen=True)
class Text:
    """One text and what it truly is."""

    id: int
    kind: str
    #: The id of its origin; its own when it has none.
    origin: int
    title: str
    body: str


def origins(count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return (title, text) of real articles of at least 150 words (or 300 Han characters)."""
    found: dict[str, tuple[str, str]] = {}
    for line in (DATA / "pages.jsonl").read_text(encoding="utf-8").strip().split("\n"):
        row = json.loads(line)
        gold = (row.get("gold") or {}) if row.get("page_type") == "article" else {}
        text = gold.get("text") or ""
        long_enough = len(text.split()) >= 150 or len(_HAN.findall(text)) >= 300
        if long_enough and len(text) < 30_000:
            found.setdefault(text[:200], (gold.get("title") or text[:60], text))
    rows = list(found.values())
    random.Random(7 + seed).shuffle(rows)
    return rows[:count]


class Maker:
    """Makes copies; every choice from one seed."""

    def __init__(self, texts: list[tuple[str, str]], seed: int = 11) -> None:
        self.random = random.Random(seed)
        self.texts = texts
        words = Counter(word for _, text in texts for word in _WORD.findall(text))
        #: Stand-ins for synonyms: real words, unrelated, so harder than a thesaurus.
        self.words = [word for word, count in words.items() if count < 40]
        han = Counter(char for _, text in texts for char in _HAN.findall(text))
        self.han = [char for char, _ in han.most_common(1500)]

    def noise(self, text: str) -> str:
        """Republished as it is, with another site's chrome and typography."""
        text = text.replace("“", '"').replace("”", '"').replace("’", "'").replace(" - ", " – ")
        return f"Share\nFacebook Twitter\nViews: {self.random.randrange(9999)}\n\n{text}\n\nRelated articles\nTen things to know today"

    def trimmed(self, text: str) -> str:
        """Republished with up to 35 % of its sentences cut and a credit added."""
        parts = _sentences(text)
        drop = self.random.uniform(0.05, 0.35)
        if self.random.random() < 0.5:
            parts = parts[: max(4, round(len(parts) * (1 - drop)))]
        else:
            parts = [part for part in parts if self.random.random() > drop]
        return f"(Agencies) {' '.join(parts)}\n\nEditor: Zhang Wei. Subscribe to our newsletter for more."

    def touched(self, text: str) -> str:
        """A desk's edit: another first sentence, 3 % of words."""
        parts = _sentences(text)
        lead = "Observers have been waiting for this piece of news for quite some time now."
        return self.spun(lead + "\n\n" + " ".join(parts[1:]), 3)

    def contained(self, text: str, other: str) -> str:
        """All of it inside a report of one to three times its length."""
        host = _sentences(other)
        place = self.random.randrange(len(host) + 1)
        return " ".join((*host[:place], *_sentences(text), *host[place:]))

    def excerpt(self, text: str, other: str) -> str:
        """A run of 50 to 70 % of its sentences inside another text."""
        parts = _sentences(text)
        size = round(len(parts) * self.random.uniform(0.5, 0.7))
        start = self.random.randrange(len(parts) - size + 1)
        return self.contained(" ".join(parts[start : start + size]), other)

    def reordered(self, text: str) -> str:
        """All sentences, in another order."""
        parts = _sentences(text)
        self.random.shuffle(parts)
        return " ".join(parts)

    def spun(self, text: str, percent: int) -> str:
        """*percent* of all words replaced; figures and names kept."""
        if len(_HAN.findall(text)) > len(text) // 3:
            return _HAN.sub(
                lambda m: (
                    self.random.choice(self.han) if self.random.random() * 100 < percent else m[0]
                ),
                text,
            )
        spots = list(_WORD.finditer(text))
        want = min(len(spots), round(len(text.split()) * percent / 100))
        chosen = {m.start() for m in self.random.sample(spots, want)}
        return _WORD.sub(
            lambda m: self.random.choice(self.words) if m.start() in chosen else m[0], text
        )

    def serial(self, text: str) -> str:
        """Another issue of a form: the same words, every figure another."""
        return re.sub(r"\d+", lambda m: str(self.random.randrange(10 ** len(m[0]))), text)

    def round_up(self) -> str:
        """The first three sentences of six articles."""
        picked = self.random.sample(self.texts, 6)
        return "\n\n".join(" ".join(_sentences(text)[:3]) for _, text in picked)

    def quoting(self, text: str, other: str) -> str:
        """A report of its own that quotes two long passages of a document word for word."""
        own, theirs = _sentences(other), _sentences(text)
        middle = len(theirs) // 2
        quote = " ".join(theirs[middle : middle + 4]).replace('"', "'")
        return " ".join((*own[:3], f'The document says: "{quote}"', *own[3:]))


def _sentences(text: str) -> list[str]:
    return [one for line in text.splitlines() for one in sentences(line.strip())]


def build(texts: list[tuple[str, str]], seed: int = 0) -> list[Text]:
    """Return origins first, then copies and impostors in random order."""
    make = Maker(texts, 11 + seed)
    rows = [Text(i, "origin", i, title, text) for i, (title, text) in enumerate(texts)]
    rest: list[Text] = []
    half = len(texts) // 2
    for i, (title, text) in enumerate(texts[:half]):
        # Hosts are made of single sentences, so that a container holds one known story only.
        other = _filler(make)
        made = [
            ("exact", make.noise(text)),
            ("trimmed", make.trimmed(text)),
            ("touched", make.touched(text)),
            ("contained", make.contained(text, other)),
            ("excerpt", make.excerpt(text, other)),
            ("reordered", make.reordered(text)),
            *((f"spun {share} %", make.spun(text, share)) for share in SHARES),
        ]
        for kind, body in made:
            rest.append(Text(0, kind, i, title, body))
        figures = len(re.findall(r"\d\d+|\d+\.\d+", text))
        if figures >= 8 and figures * 60 > len(text.split()):
            rest.append(Text(0, "not: serial", -1, title, make.serial(text)))
        rest.append(Text(0, "not: quoting", -1, title, make.quoting(text, _filler(make))))
    rest += [
        Text(0, "not: round-up", -1, "News in brief", make.round_up()) for _ in range(half // 4)
    ]
    make.random.shuffle(rest)
    return rows + [
        Text(len(rows) + n, row.kind, row.origin, row.title, row.body) for n, row in enumerate(rest)
    ]


def _filler(make: Maker) -> str:
    """Return running text of no known article: sentences picked across the whole set."""
    picked = make.random.sample(make.texts, 24)
    found: list[str] = []
    for _, text in picked:
        parts = _sentences(text)
        found.append(make.spun(parts[make.random.randrange(len(parts))], 30))
    return " ".join(found)


def main(count: int, show: bool, seed: int) -> int:
    """Print a row per kind; return 1 when overall precision is under 0.99."""
    if not DATA.is_dir():
        print(f"skipped: {DATA} is absent")
        return 0
    texts = build(origins(count, seed), seed)
    started = time.process_time()
    documents = [
        Document(article_id=t.id, title=t.title, signature=signature(t.title, t.body))
        for t in texts
    ]
    signed = time.process_time()
    placed = cluster(documents)
    ended = time.process_time()
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for text, place in zip(texts, placed, strict=True):
        joined = place.kind is not CopyKind.ORIGIN
        verdict = (
            ("alone" if not joined else "wrong")
            if text.origin in (-1, text.id)
            else ("right" if place.leader == text.origin else "wrong" if joined else "missed")
        )
        tally[text.kind][verdict] += 1
        tally[text.kind][f"as {place.kind.value}"] += joined
        if show and verdict in ("wrong", "missed"):
            print(
                text.id,
                text.kind,
                verdict,
                "->",
                place.kind.value,
                place.leader,
                f"{place.score:.2f}",
                text.title[:60],
            )
    print(f"{'kind':14} {'texts':>5} {'precision':>9} {'recall':>7} {'F1':>6}  called")
    right = wrong = 0
    for kind in sorted(tally):
        row = tally[kind]
        right += row["right"]
        wrong += row["wrong"]
        size = row["right"] + row["wrong"] + row["missed"] + row["alone"]
        called = ", ".join(
            f"{k[3:]} {v}" for k, v in row.most_common() if k.startswith("as ") and v
        )
        if kind == "origin" or kind.startswith("not"):
            print(
                f"{kind:14} {size:5} {'':9} {'':7} {'':6}  wrongly joined {row['wrong']}: {called}"
            )
            continue
        precision = row["right"] / max(1, row["right"] + row["wrong"])
        recall = row["right"] / size
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{kind:14} {size:5} {precision:9.3f} {recall:7.3f} {f1:6.3f}  {called}")
    precision = right / max(1, right + wrong)
    n = len(texts)
    print(f"precision overall {precision:.4f} ({wrong} wrong of {right + wrong} joined); {n} texts")
    print(
        f"signature {1000 * (signed - started) / n:.2f} ms, search {1000 * (ended - signed) / n:.2f} ms CPU a text"
    )
    rows = [len(d.signature.index_hashes) for d in documents]
    print(
        f"index rows a text: mean {sum(rows) / n:.1f}, most {max(rows)}; packed signature mean {sum(len(d.signature.pack()) for d in documents) // n} bytes"
    )
    return int(precision < 0.99)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origins", type=int, default=300)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    raise SystemExit(main(given.origins, given.show, given.seed))
