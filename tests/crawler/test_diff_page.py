"""The difference as a web page: nothing foreign in it is markup, and its policy runs nothing."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.diff_html import page
from storage.types import ChangeClass, Difference, Segment

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    "<svg onload=alert(1)>",
    "</textarea></title></style><script>1</script>",
    "<!--<meta http-equiv=refresh content='0;url=http://x/'>",
)


@pytest.mark.parametrize("text", ATTACKS)
def test_foreign_text_is_text(text: str) -> None:
    segments = tuple(Segment(op=op, old=text, new=text) for op in ("equal", "replace", "move"))
    difference = Difference(
        change_class=ChangeClass.SUBSTANTIVE, score=1.0, reasons=(text,), segments=segments
    )
    made = page(text, [text], difference)
    tree = html.document_fromstring(made)
    names = {element.tag for element in tree.iter() if isinstance(element.tag, str)}
    assert not names & {"script", "img", "svg", "a", "textarea"}
    assert not [name for element in tree.iter() for name in element.attrib if name[:2] == "on"]
    assert tree.findtext(".//title") == tree.findtext(".//h1") == text
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")
    assert len(tree.xpath("//meta[@http-equiv]")) == 1
