"""Content identity: what counts and what does not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.fingerprint import VERSION, fingerprint

TITLE = "Ministry sets tariff"
TEXT = "The tariff is 1.5% from March 1, 2026.\n\nFirms may apply within 30 days."

SAME = [
    (
        "white space",
        "The  tariff is 1.5%\nfrom March 1, 2026.\n\n\n\nFirms may apply within 30 days. ",
    ),
    ("NBSP", TEXT.replace(" ", "\u00a0")),
    ("soft hyphen", TEXT.replace("tariff", "tar\u00adiff")),
    ("zero width", TEXT.replace("tariff", "tar\u200biff")),
    ("byte order mark", "\ufeff" + TEXT),
    ("full width", TEXT.replace("1.5%", "１．５％")),
    ("full-width letters", TEXT.replace("Firms", "Ｆｉｒｍｓ")),
    ("view counter", TEXT + "\n\nViews: 1,204"),
    ("view counter in Chinese", "阅读：1204\n" + TEXT),
    ("relative time", "Updated 2 hours ago\n\n" + TEXT),
    ("share bar", "Share Facebook Twitter WhatsApp\n" + TEXT),
    ("advertisement", TEXT.replace("\n\n", "\n\nAdvertisement\n\n")),
    ("list of other articles", TEXT + "\n\nMost read\nTen stations open\nFarmers welcome rain"),
    ("dash", TEXT.replace("tariff is", "tariff — is")),
    ("quotes", TEXT.replace("tariff", "“tariff”")),
    ("final stop", TEXT.removesuffix(".")),
    ("decomposed", unicodedata.normalize("NFD", TEXT)),
]
OTHER = [
    ("decimal point", TEXT.replace("1.5%", "15%")),
    ("number", TEXT.replace("1.5%", "2.5%")),
    ("sign", TEXT.replace("1.5%", "-1.5%")),
    ("unit", TEXT.replace("1.5%", "1.5 yuan")),
    ("unit symbol", TEXT.replace("1.5%", "1.5‰")),
    ("date", TEXT.replace("2026", "2027")),
    ("days", TEXT.replace("30", "90")),
    ("modal", TEXT.replace("may", "shall")),
    ("negation", TEXT.replace("may", "may not")),
    ("case of a name", TEXT.replace("Firms", "firms")),
    ("removed sentence", TEXT.partition("\n")[0]),
    ("question", TEXT.replace("days.", "days?")),
    ("currency", TEXT.replace("1.5%", "$1.5")),
    ("range", TEXT.replace("30 days", "30-40 days")),
    ("comparison", TEXT.replace("1.5%", "<1.5%")),
]


@pytest.mark.parametrize(("reason", "text"), SAME)
def test_a_reader_sees_no_difference(reason: str, text: str) -> None:
    assert fingerprint(TITLE, text) == fingerprint(TITLE, TEXT), reason


@pytest.mark.parametrize(("reason", "text"), OTHER)
def test_a_reader_sees_a_difference(reason: str, text: str) -> None:
    assert fingerprint(TITLE, text) != fingerprint(TITLE, TEXT), reason


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("价格上涨1.5%。", "价格上涨15%。"),
        ("价格-3%。", "价格3%。"),
        ("2.5 to 7.5", "25 to 75"),
        ("可以申请", "不可以申请"),
        ("3.5% 인상", "35% 인상"),
        ("허용했다", "허용하지 않았다"),
    ],
)
def test_signs_and_points_count_in_every_script(one: str, two: str) -> None:
    """diffengine calls the first four equal, for it drops all punctuation."""
    assert fingerprint("", one) != fingerprint("", two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("國務院發布「辦法」", "国务院发布“办法”"),
        ("AI 芯片 ，好", "AI芯片,好"),
        ("생산ㆍ판매", "생산·판매"),
    ],
)
def test_script_variants_and_blanks_do_not_count(one: str, two: str) -> None:
    assert fingerprint("", one) == fingerprint("", two)


def test_the_headline_counts_and_is_not_the_text() -> None:
    assert fingerprint("A", TEXT) != fingerprint("B", TEXT)
    assert fingerprint("A B", "C") != fingerprint("A", "B C")


def test_a_stored_fingerprint_is_for_ever() -> None:
    """Changing this value re-reports every stored article: bump VERSION instead."""
    assert VERSION == 1
    assert fingerprint(TITLE, TEXT) == (
        "1:539abcbe3dcb40f5f10494e2930da657acf027eca231b908d37c732630585765"
    )


@given(st.text(), st.text())
def test_any_text_has_a_fingerprint(title: str, text: str) -> None:
    found = fingerprint(title, text)
    assert found.startswith("1:")
    assert len(found) == 66
    assert found == fingerprint(" " + title + "\u00a0", text + "\n\n")
