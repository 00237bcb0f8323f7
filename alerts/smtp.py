"""Mail by SMTP: one message for each alert, threaded by its headers."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime

from alerts.cleaning import clean
from alerts.errors import NotSent, PermanentAlert, PermanentChannel, PermanentToken, Uncertain
from alerts.message import Message
from alerts.senders import Capabilities, OnUncertain, Sent
from storage.types import OutboxOp, OutboxRow

logger = logging.getLogger(__name__)

TIMEOUT_S = 20.0
SUBJECT_MAX = 180


class MailSender:
    """Sends to fixed addresses through one server."""

    def __init__(
        self,
        *,
        sender: str,
        to: Sequence[str],
        host: str,
        port: int = 587,
        tls: str = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Take the server; *tls* is starttls, tls or none."""
        self._sender = sender
        self._to = tuple(to)
        self._host = host
        self._port = port
        self._tls = tls
        self._login = (username, password) if username and password else None
        self._timeout_s = timeout_s
        self._domain = sender.rpartition("@")[2] or "windcatch.invalid"
        self.account = f"smtp:{host}:{port}:{username or ''}"
        # A mail cannot be changed; its replies thread by References. A repeat carries the same
        # Message-ID, by which many servers and readers drop it, and says that it may be one.
        self.capabilities = Capabilities(threads=True, on_uncertain=OnUncertain.HOLD)

    def send(self, row: OutboxRow, message: Message) -> Sent:
        """Hand one mail to the server.

        Raises:
            DeliveryError: as the server's answer, or the lack of one, means.
        """
        mail = self._mail(row, message)
        connected = False
        try:
            server = self._connected()
            connected = True
            try:
                refused = server.send_message(mail)
            finally:
                # No QUIT: a server that stumbles over it has the mail all the same.
                server.close()
        except smtplib.SMTPAuthenticationError as error:
            raise PermanentToken("auth_refused", str(error.smtp_code)) from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _addressed(max(codes, key=lambda code: code < 500)) from None
        except smtplib.SMTPSenderRefused as error:
            raise _addressed(error.smtp_code) from None
        except smtplib.SMTPResponseException as error:
            # RFC 5321: 4yz may be tried again, 5yz not.
            if 400 <= error.smtp_code < 500:
                raise NotSent(f"smtp_{error.smtp_code}") from None
            if 500 <= error.smtp_code < 600:
                raise PermanentAlert(f"smtp_{error.smtp_code}") from None
            # An answer that was cut off ("25") refuses nothing.
            raise Uncertain("bad_reply", f"SMTP {error.smtp_code}") from None
        except smtplib.SMTPNotSupportedError as error:
            raise PermanentChannel("not_supported", str(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            if connected:
                raise Uncertain("connection_broken", type(error).__name__) from None
            raise NotSent("cannot_connect", type(error).__name__) from None
        if refused:
            # The others have it; sending again would repeat it for them.
            logger.warning("mail %s: the server refused %d addresses", row.alert_id, len(refused))
        return Sent(channel=",".join(self._to)[:200], message_id=str(mail["Message-ID"]))

    def find(self, row: OutboxRow) -> Sent | None:
        """Return None: a mail server cannot be asked (`Capabilities.lookup` says so)."""
        return None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout_s, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            if self._tls == "starttls":
                server.starttls(context=context)
            if self._login is not None:
                server.login(*self._login)
        except BaseException:
            server.close()
            raise
        return server

    def _mail(self, row: OutboxRow, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = ", ".join(self._to)
        # One clean line: a headline cannot add headers.
        first = message.plain.splitlines()[0].strip("*") if message.plain else "Windcatch"
        subject = clean(first, SUBJECT_MAX)
        mail["Subject"] = f"Re: {subject}" if row.op is OutboxOp.REPLY else subject
        mail["Date"] = format_datetime(row.created_at)
        mail["Message-ID"] = f"<{row.alert_id}@{self._domain}>"
        if row.op is OutboxOp.REPLY and row.parent_message_id:
            mail["In-Reply-To"] = mail["References"] = row.parent_message_id
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.plain + "\n")
        return mail


def _addressed(code: int) -> NotSent | PermanentChannel:
    """An address refused with 4yz (greylisting, a full box) is to be tried again (RFC 5321)."""
    if code < 500:
        return NotSent(f"smtp_{code}")
    return PermanentChannel("address_refused", f"SMTP {code}")
