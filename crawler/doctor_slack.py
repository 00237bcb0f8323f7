"""What `doctor --slack` asks of Slack: token, scopes, channel, history, clock; and a test message."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from alerts.errors import CannotLook, DeliveryError, PermanentChannel, PermanentToken
from alerts.message import Message
from alerts.senders import Sent
from alerts.slack import SlackSender
from crawler.config import Config
from crawler.config_destinations import SlackDestination
from crawler.delivery import SLACK_URL
from crawler.doctor import Finding, Level
from crawler.secrets import SecretMissing, read_secret
from storage.types import AlertKind, OutboxOp, OutboxRow, OutboxState

#: Scope -> what is lost without it. `channels:*` is of public channels, `groups:*` of private ones.
NEEDED = {
    "chat:write": "nothing can be posted",
    "channels:history": "a message of unknown fate in a public channel cannot be looked up",
    "groups:history": "a message of unknown fate in a private channel cannot be looked up",
    "metadata.message:read": "a message of unknown fate is not recognised",
    "channels:read": "a public channel is not found by its name",
    "groups:read": "a private channel is not found by its name",
}
_ESSENTIAL = "chat:write"
_MANIFEST = "add it to the app (windcatch doctor --slack-manifest) and install the app again"

#: Slack's clock is followed, so this harms no search; it shows that the machine's clock is wrong.
_SKEW = timedelta(seconds=30)


def slack_findings(
    config: Config, environ: Mapping[str, str], *, now: datetime, post: bool = False
) -> Iterator[Finding]:
    """Yield what is found at each Slack destination; *post* sends a message and deletes it."""
    slack = {
        id_: one for id_, one in config.destinations.items() if isinstance(one, SlackDestination)
    }
    if not slack:
        mend = 'add [destinations.<id>] with type = "slack"'
        yield Finding(Level.WARN, "slack", "no destination of that type", mend)
    for id_, destination in slack.items():
        what = f"destinations.{id_}"
        file = destination.token_file
        try:
            token = read_secret(destination.token_env, file and config.folder / file, environ)
        except SecretMissing as error:
            yield Finding(Level.FAIL, what, str(error), "see docs/reference.md, Secrets")
            continue
        sender = SlackSender.from_token(
            token.reveal(), destination.channel, base_url=environ.get(SLACK_URL) or None
        )
        yield from _examined(what, sender, destination.channel, now=now, post=post)


def _examined(
    what: str, sender: SlackSender, channel: str, *, now: datetime, post: bool
) -> Iterator[Finding]:
    try:
        who = sender.identity()
    except DeliveryError as error:
        mend = "check the token, and that the app is installed in the workspace"
        yield Finding(Level.FAIL, what, f"Slack answers: {error}", mend)
        return
    yield Finding(Level.OK, what, f"the token is that of {who['user']} in {who['team']}")
    yield from _scopes(what, who["scopes"])
    yield _clock(what, sender.skew())
    yield from _channel(what, sender, channel, str(who["user"]))
    if post:
        yield _posted(what, sender, channel, now)


def _scopes(what: str, granted: set[str]) -> Iterator[Finding]:
    if not granted:
        # A gateway may leave the header out; what each call answers still tells.
        yield Finding(Level.WARN, what, "Slack does not say which scopes it granted", "see below")
        return
    missing = {scope: loss for scope, loss in NEEDED.items() if scope not in granted}
    for scope, loss in missing.items():
        level = Level.FAIL if scope == _ESSENTIAL else Level.WARN
        yield Finding(level, what, f"without the scope {scope}, {loss}", _MANIFEST)
    if not missing:
        yield Finding(Level.OK, what, "every scope is granted")


def _clock(what: str, skew: timedelta) -> Finding:
    seconds = skew.total_seconds()
    text = f"Slack's clock is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} ours"
    if abs(skew) > _SKEW:
        return Finding(Level.WARN, what, text, "set this machine's clock (NTP)")
    return Finding(Level.OK, what, text)


def _channel(what: str, sender: SlackSender, channel: str, user: str) -> Iterator[Finding]:
    try:
        about = sender.channel()
    except (CannotLook, PermanentToken) as error:
        mend = "write the channel's id in the configuration, or grant channels:read"
        yield Finding(Level.WARN, what, f"{channel}: {error}", mend)
    except DeliveryError as error:
        mend = f"does it exist? If it is private: /invite @{user} there"
        yield Finding(Level.FAIL, what, f"{channel}: {error}", mend)
        return
    else:
        if about.get("is_archived"):
            mend = "bring it back in Slack, or name another channel"
            yield Finding(Level.FAIL, what, f"{channel} is archived", mend)
        elif not about.get("is_member"):
            mend = f"in the channel: /invite @{user}"
            yield Finding(Level.FAIL, what, f"{user} is not in {channel}", mend)
        else:
            yield Finding(Level.OK, what, f"{user} is in {channel}")
    yield _history(what, sender, channel)


def _history(what: str, sender: SlackSender, channel: str) -> Finding:
    """Look for a message that was never sent: the same request as after a lost answer."""
    try:
        sender.find(_row(datetime.now().astimezone()))
    except CannotLook as error:
        mend = "grant the history scopes: until then such a message is held, then sent marked"
        return Finding(Level.WARN, what, f"{channel}: {error}", mend)
    except DeliveryError as error:
        mend = "grant the history scopes, and invite the app to the channel"
        return Finding(Level.WARN, what, f"{channel}: the history cannot be read: {error}", mend)
    return Finding(Level.OK, what, f"{channel}: the history can be read")


def _posted(what: str, sender: SlackSender, channel: str, now: datetime) -> Finding:
    """Post a message, find it as after a lost answer, and delete it."""
    row = _row(now)
    text = "Windcatch tests this channel. This message deletes itself."
    try:
        sent = sender.send(row, Message(text=text, blocks=(), plain=text))
    except DeliveryError as error:
        closed = isinstance(error, PermanentChannel)
        mend = "invite the app to the channel" if closed else "see docs/delivery.md, Slack"
        return Finding(Level.FAIL, what, f"{channel}: a test message is refused: {error}", mend)
    found: Sent | None = None
    problem = "it was not found again in the history: a repeat after a lost answer is possible"
    try:
        found = sender.find(row)
    except DeliveryError as error:
        problem = f"it could not be looked for: {error}"
    try:
        sender.delete(sent)
    except DeliveryError as error:
        mend = "delete it by hand"
        return Finding(Level.WARN, what, f"{channel}: test message not deleted: {error}", mend)
    if found != sent:
        mend = "grant the history scopes and metadata.message:read"
        return Finding(Level.WARN, what, f"{channel}: a test message was posted; {problem}", mend)
    text = f"{channel}: a test message was posted, found again and deleted"
    return Finding(Level.OK, what, text)


def _row(now: datetime) -> OutboxRow:
    """Return a row that is in no outbox."""
    key = str(uuid.uuid4())
    return OutboxRow(
        id=0,
        alert_id=key,
        dedupe_key=f"doctor:{key}",
        watchlist="",
        kind=AlertKind.OPERATOR,
        op=OutboxOp.POST,
        state=OutboxState.SENDING,
        destination="",
        priority="normal",
        payload={},
        story_id=None,
        revision=None,
        created_at=now,
        next_at=now,
        attempts=1,
        uncertain=False,
        first_attempt_at=now,
        channel=None,
        message_id=None,
        parent_id=None,
        parent_state=None,
        parent_channel=None,
        parent_message_id=None,
        error_class=None,
        error=None,
        sent_at=None,
        reconciled=False,
    )
