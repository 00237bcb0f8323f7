"""Other articles under an article: a heading that says so and is named so, and what stands below it. Pure.

Where such a block prints whole texts, not links, it looks like the article itself. Of the headings in
the sets that say in words and in their class or id that other articles follow, 35 in 35 pages, none
stood over the article's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_LONGEST = 60
_WORDS = re.compile(
    r"\W{0,3}(?:related\s+(?:articles?|posts?|stories|news|content|reading|links|topics|coverage)|"
    r"you\s+(?:may|might)\s+(?:also\s+)?(?:like|enjoy|be\s+interested)|more\s+(?:from|to\s+read)|also\s+(?:from|to\s+read)|"
    r"recommended(?:\s+for\s+you|\s+(?:reading|articles?|stories|posts?))?|read\s+(?:also|next)|up\s+next|"
    r"voc[êe]\s+(?:pode|também)|te\s+puede\s+interesar|das\s+könnte|potrebbe(?:ro)?\s+|à\s+lire|sur\s+le\s+même|"
    r"相关(?:阅读|新闻|文章|推荐|报道)|推荐阅读|延伸阅读|관련\s?기사|関連記事|あわせて)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"relat(?:ed|ion)|recommend|recirc|read[-_]?(?:more|next|also)|also[-_]?(?:like|read)|more[-_]?from|up[-_]?next|"
    r"xiangguan|tuijian",
    re.IGNORECASE,
)


def below_others(tree: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield the elements that stand beside and after such a heading, itself too.

    Headings before the page's own are a frame's. A paragraph or another heading beside it ends the
    block: there the text goes on.
    """
    met = False
    for heading in tree.iter("h1", *_HEADINGS):
        if heading.tag == "h1":
            met = True
        elif met and _says_so(heading):
            yield heading
            for element in heading.itersiblings():
                if element.tag in ("p", "h1", *_HEADINGS):
                    break
                if isinstance(element.tag, str):
                    yield element


def _says_so(heading: html.HtmlElement) -> bool:
    name = f"{heading.get('class') or ''} {heading.get('id') or ''}"
    if not _NAMED.search(name):
        return False
    text = " ".join(str(heading.text_content()).split())
    return len(text) <= _LONGEST and _WORDS.match(text) is not None
