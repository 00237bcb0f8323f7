"""An agency's own site need not say whose its texts are: the source does. Pure."""

from __future__ import annotations

from dataclasses import replace

from spiders.byline import agency_of
from spiders.sources import Source
from storage.types import Article


def of_house(article: Article, source: Source) -> Article:
    """Return *article* filed under the agency that *source* is, where the page names no other."""
    taken_from = article.attribution.source
    elsewhere = taken_from is not None and agency_of(taken_from) != source.agency
    if source.agency is None or article.wire.agency or elsewhere or not article.is_article:
        return article
    return replace(article, wire=replace(article.wire, agency=source.agency))
