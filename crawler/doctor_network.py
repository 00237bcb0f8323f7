"""What `doctor --network` asks the outside: the sources' home pages and Slack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from alerts.errors import DeliveryError
from alerts.slack import SlackSender
from crawler.config import Config
from crawler.crawling import fetch_options
from crawler.delivery import SLACK_URL
from crawler.doctor import Finding, Level
from crawler.probe import fetch_all
from crawler.secrets import Secret


def reachable(config: Config) -> Iterator[Finding]:
    """Yield whether the first channel of each enabled source answers."""
    asked = {source.channels[0].url: id_ for id_, source in config.enabled.items()}
    plain = [url for url in asked if "{" not in url]
    for answer in fetch_all(plain, fetch_options(config)):
        what = f"sources.{asked[answer.url]}"
        if answer.capture is None:
            mend = "windcatch sources test; has the site moved?"
            yield Finding(Level.FAIL, what, f"{answer.url}: {answer.problem}", mend)
        elif answer.capture.status >= 400:
            text = f"{answer.url} answers {answer.capture.status}"
            yield Finding(Level.FAIL, what, text, "windcatch sources test; has the site moved?")
        else:
            yield Finding(Level.OK, what, f"{answer.url} answers {answer.capture.status}")


def slack_answers(what: str, token: Secret, channel: str, environ: Mapping[str, str]) -> Finding:
    """Return whether Slack accepts the token."""
    sender = SlackSender.from_token(
        token.reveal(), channel, base_url=environ.get(SLACK_URL) or None
    )
    try:
        who = sender.identity()
    except DeliveryError as error:
        mend = "check the token and the app's installation in the workspace"
        return Finding(Level.FAIL, what, f"Slack answers: {error}", mend)
    return Finding(Level.OK, what, f"slack: {who.get('user')} in {who.get('team')}, to {channel}")
