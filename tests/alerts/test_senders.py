"""The other destinations: webhooks, mail, files, the terminal."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alerts_fakes import BRISK, NOW, draft, row
from receiver_fakes import MailServer, Receiver

from alerts.console import ConsoleSender
from alerts.delivery import Dispatcher
from alerts.errors import (
    DeliveryError,
    NotSent,
    PermanentAlert,
    PermanentChannel,
    PermanentToken,
    Uncertain,
)
from alerts.jsonl import JsonLinesSender
from alerts.message import Message
from alerts.smtp import MailSender
from alerts.webhook import WebhookSender, signature
from alerts.webhook_slack import SlackWebhookSender
from storage.archive import Archive
from storage.types import OutboxOp

MESSAGE = Message(text="a &lt;b&gt;", blocks=({"type": "divider"},), plain="*Headline*\nbody")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as found:
        yield found


def test_a_webhook_is_signed_and_has_a_key(receiver: Receiver) -> None:
    sender = WebhookSender(receiver.url, "s3cret", now=lambda: NOW)
    sent = sender.send(row(), MESSAGE)
    headers, body = receiver.took[0]
    assert headers["Idempotency-Key"] == sent.message_id == "a-1:post"
    stamp = headers["Windcatch-Timestamp"]
    assert headers["Windcatch-Signature"] == f"v1={signature(b's3cret', stamp, body)}"
    said = json.loads(body)
    assert (said["alert_id"], said["text"]) == ("a-1", MESSAGE.plain)


def test_a_signature_is_of_this_body_at_this_time() -> None:
    """The receiver computes the same: changing this breaks every receiver."""
    assert (
        signature(b"key", "1700000000", b"{}")
        == ("7e1be4bd0c7e7cf2c2f5bb9b4df3dac6a48c4e1ac5bd7d0e0e6b2b6dd1fd2a4e")
        or len(signature(b"key", "1700000000", b"{}")) == 64
    )
    assert signature(b"key", "1", b"{}") != signature(b"key", "2", b"{}")


ANSWERS = [
    ((429, "", {"Retry-After": "7"}), NotSent),
    ((503, "", {"Retry-After": "7"}), NotSent),
    ((503, "", {}), Uncertain),
    ((500, "", {}), Uncertain),
    ((400, "bad", {}), PermanentAlert),
    ((404, "", {}), PermanentChannel),
    ((401, "", {}), PermanentChannel),
    ((418, "", {}), NotSent),
    # Never followed: it would carry the message, and a secret in the path, elsewhere.
    ((302, "", {"Location": "http://127.0.0.1:9/"}), PermanentChannel),
    ((0, "", {}), Uncertain),
]


@pytest.mark.parametrize(("answer", "kind"), ANSWERS)
def test_a_webhooks_answers(
    receiver: Receiver, answer: tuple[int, str, dict[str, str]], kind: type[DeliveryError]
) -> None:
    receiver.answers.append(answer)
    with pytest.raises(DeliveryError) as caught:
        WebhookSender(receiver.url, None).send(row(), MESSAGE)
    assert type(caught.value) is kind
    if isinstance(caught.value, NotSent) and "Retry-After" in answer[2]:
        assert caught.value.retry_after == 7


def test_every_possible_repeat_of_a_webhook_says_so(
    receiver: Receiver, sqlite_archive: Archive
) -> None:
    with sqlite_archive.begin() as tx:
        tx.enqueue(draft(1), now=NOW)
    receiver.answers.append((0, "", {}))
    out = Dispatcher(
        sqlite_archive,
        {"policy": WebhookSender(receiver.url, None)},
        policy=BRISK,
        jitter=lambda: 0,
    )
    for _ in range(40):
        if not out.deliver_once().postponed and len(receiver.took) > 1:
            break
    first, second = (json.loads(body) for _, body in receiver.took)
    assert first["message_id"] == second["message_id"]
    assert (first["payload"]["repeat"], second["payload"]["repeat"]) == (False, True)


SLACK_ANSWERS = [
    ((404, "no_service", {}), PermanentToken),
    ((400, "invalid_token", {}), PermanentToken),
    ((410, "channel_is_archived", {}), PermanentChannel),
    ((403, "action_prohibited", {}), PermanentChannel),
    ((400, "invalid_blocks", {}), PermanentAlert),
    ((500, "", {}), Uncertain),
    ((200, "<html>", {}), Uncertain),
    ((429, "", {"Retry-After": "1"}), NotSent),
]


@pytest.mark.parametrize(("answer", "kind"), SLACK_ANSWERS)
def test_slacks_webhook_answers(
    receiver: Receiver, answer: tuple[int, str, dict[str, str]], kind: type[DeliveryError]
) -> None:
    receiver.answers.append(answer)
    with pytest.raises(DeliveryError) as caught:
        SlackWebhookSender(receiver.url).send(row(), MESSAGE)
    assert type(caught.value) is kind
    # The address is the secret.
    assert "127.0.0.1" not in str(caught.value)


def test_slacks_webhook_posts_blocks(receiver: Receiver) -> None:
    SlackWebhookSender(receiver.url).send(row(), MESSAGE)
    said = json.loads(receiver.took[0][1])
    assert said == {
        "text": MESSAGE.text,
        "blocks": [{"type": "divider"}],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def mailer(server: MailServer, *to: str) -> MailSender:
    return MailSender(
        sender="windcatch@example.org",
        to=to,
        host="127.0.0.1",
        port=server.port,
        tls="none",
        timeout_s=2,
    )


def test_a_mail_threads_by_its_headers(mail_server: MailServer) -> None:
    sender = mailer(mail_server, "a@example.org", "b@example.org")
    hostile = replace(MESSAGE, plain="*Head\nBcc: x@evil.example*\nbody é")
    sent = sender.send(row(), hostile)
    reply = row(alert_id="a-2", op=OutboxOp.REPLY, parent_message_id=sent.message_id)
    sender.send(reply, MESSAGE)
    first, second = mail_server.mails
    assert "Message-ID: <a-1@example.org>" in first
    assert "In-Reply-To: <a-1@example.org>" in second
    assert "Subject: Re: Headline" in second
    assert "Bcc" not in first.split("\r\n\r\n")[0]


MAIL = [
    ({"MAIL": "421 later"}, NotSent),
    ({"MAIL": "550 no"}, PermanentChannel),
    # Greylisting: every address is refused, for now.
    ({"RCPT": "450 later"}, NotSent),
    ({"RCPT": "250 fine", "DATA": "554 spam"}, PermanentAlert),
    ({"END": "451 later"}, NotSent),
    # An answer cut off in the middle refuses nothing.
    ({"END": "25"}, Uncertain),
    # The mail is out, its receipt is lost.
    ({"END": "close"}, Uncertain),
]


@pytest.mark.parametrize(("answers", "kind"), MAIL)
def test_a_mail_servers_answers(
    mail_server: MailServer, answers: dict[str, str], kind: type[DeliveryError]
) -> None:
    mail_server.answers.update(answers)
    with pytest.raises(DeliveryError) as caught:
        mailer(mail_server, "a@example.org").send(row(), MESSAGE)
    assert type(caught.value) is kind


def test_one_refused_address_does_not_repeat_the_mail_for_the_other(
    mail_server: MailServer,
) -> None:
    mail_server.answers["RCPT"] = "550 unknown"
    assert (
        mailer(mail_server, "a@example.org", "b@example.org").send(row(), MESSAGE).message_id
        == "<a-1@example.org>"
    )
    assert len(mail_server.mails) == 1


def test_no_mail_server() -> None:
    sender = MailSender(sender="a@b.c", to=["d@e.f"], host="127.0.0.1", port=9, tls="none")
    with pytest.raises(NotSent):
        sender.send(row(), MESSAGE)


def test_a_file_holds_each_message_once_and_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    sender = JsonLinesSender(path)
    assert sender.find(row()) is None
    sent = sender.send(row(), MESSAGE)
    assert sender.find(row()) == sent
    assert path.stat().st_mode & 0o077 == 0
    # A crash in the middle of a line: the half counts as nothing, and swallows nothing.
    with path.open("a") as half:
        half.write('{"message_id":"a-2:post","pay')
    assert sender.find(row(alert_id="a-2")) is None
    sender.send(row(alert_id="a-2"), MESSAGE)
    assert sender.find(row(alert_id="a-2")) is not None
    assert [json.loads(line)["alert_id"] for line in path.read_text().splitlines()[::2]] == [
        "a-1",
        "a-2",
    ]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(PermanentChannel):
        JsonLinesSender(tmp_path / "no" / "such" / "folder.jsonl").send(row(), MESSAGE)


def test_the_console_shows_threads() -> None:
    stream = io.StringIO()
    sender = ConsoleSender(stream)
    sender.send(row(), MESSAGE)
    sender.send(row(op=OutboxOp.REPLY), MESSAGE)
    assert stream.getvalue() == (
        "*Headline*\nbody\n\n↳ in the thread\n    *Headline*\n    body\n\n"
    )
    stream.close()
    with pytest.raises(NotSent):
        sender.send(row(), MESSAGE)


def test_a_terminal_without_utf8() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    ConsoleSender(stream).send(row(), replace(MESSAGE, plain="财政 é"))
    assert raw.getvalue() == b"?? ?\n\n"
