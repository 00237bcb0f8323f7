"""alerts/variants.py: the forms a term stands for, and those it must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.variants import MAX_FORMS, forms


@pytest.mark.parametrize(
    ("term", "languages", "among"),
    [
        ("vehicle", (), {"vehicles"}),
        ("vehicles", (), {"vehicle"}),
        ("battery", (), {"batteries"}),
        ("subsidies", (), {"subsidy"}),
        ("box", (), {"boxes"}),
        ("analysis", (), {"analyses"}),
        ("criteria", (), {"criterion"}),
        ("regulate", (), {"regulates", "regulated", "regulating"}),
        ("NEV", (), {"NEVs"}),
        ("new energy vehicle", (), {"new energy vehicles"}),
        ("e-commerce", (), {"ecommerce"}),
        ("data center", (), {"datacenter", "data centers", "data centre", "datacentres"}),
        ("digitalisation", (), {"digitalization"}),
        ("ageing", (), {"aging"}),
        ("labour", (), {"labor"}),
        ("semiconductor", (), {"semi conductor", "semi conductors"}),
        ("véhicule électrique", (), {"véhicules électriques"}),
        ("véhicule à énergie nouvelle", ("fr",), {"véhicules à énergie nouvelle"}),
        ("réseau", ("fr",), {"réseaux"}),
        ("journal", ("fr",), {"journaux"}),
        ("vehículo eléctrico", ("es",), {"vehículos eléctricos"}),
        ("straße", (), {"strasse"}),
        ("Fußgänger", ("de",), {"Fussgänger"}),
        ("인공 지능", (), {"인공지능"}),
    ],
)
def test_forms(term: str, languages: tuple[str, ...], among: set[str]) -> None:
    found = forms(term, languages)
    assert found[0] == term
    assert among <= set(found)


@pytest.mark.parametrize(
    ("term", "never"),
    [
        ("policy", {"police"}),
        ("news", {"new"}),
        ("China", {"Chinas"}),
        ("AI chip", {"AIchip"}),
        ("rise", {"rize"}),
        ("enterprise", {"enterprize"}),
        ("physics", {"physic"}),
        ("status", {"statu"}),
        ("新能源", {"新能源s"}),
        ("reform", {"re form"}),
    ],
)
def test_no_such_forms(term: str, never: set[str]) -> None:
    assert not never & set(forms(term))


@given(st.text(max_size=30), st.sampled_from([(), ("fr",), ("de", "en"), ("zh",)]))
def test_a_few_distinct_forms_of_any_term(term: str, languages: tuple[str, ...]) -> None:
    found = forms(term, languages)
    assert found[0] == term
    assert 1 <= len(found) == len(set(found)) <= MAX_FORMS
