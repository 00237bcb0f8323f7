"""What each of Slack's refusals means for the dispatcher. Pure: names in, our errors out.

Source: Slack's reference of chat.postMessage, chat.update and conversations.history; the classes
are those of docs/design.md, "Delivery".
"""

from __future__ import annotations

from collections.abc import Mapping

from alerts.errors import (
    DeliveryError,
    NotSent,
    ParentGone,
    PermanentAlert,
    PermanentChannel,
    PermanentToken,
    Scope,
    Uncertain,
)
from alerts.limits import retry_after

LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

#: Slack: "It's possible some aspect of the operation succeeded before the error was raised".
DOUBTFUL = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)

#: The message itself is refused.
CONTENT = frozenset(
    {
        *("msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"),
        *("no_text", "too_many_attachments", "metadata_too_large", "invalid_metadata_format"),
        *("invalid_metadata_schema", "markdown_text_conflict", "invalid_arguments"),
        *("invalid_attachments", "attachment_payload_limit_exceeded", "block_mismatch"),
    }
)

CHANNEL = frozenset(
    {
        *("channel_not_found", "not_in_channel", "is_archived", "restricted_action"),
        *("restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
        *("restricted_action_non_threadable_channel", "ekm_access_denied", "no_permission"),
        *("restricted_action_thread_locked", "messages_tab_disabled", "cannot_post_to_channel"),
    }
)

TOKEN = frozenset(
    {
        *("invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed"),
        *("missing_scope", "not_allowed_token_type", "access_denied", "org_login_required"),
        *("team_access_not_granted", "two_factor_setup_required", "enterprise_is_restricted"),
        *("accesslimited", "deprecated_endpoint", "method_deprecated"),
    }
)

#: About the message to change or to reply to. A locked thread or a message that takes no replies
#: says nothing about the channel: the reply becomes a message of its own.
PARENT = frozenset(
    {
        *("message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"),
        *("thread_not_found", "thread_locked", "cannot_reply_to_message"),
    }
)


def from_code(code: str, wait: str | None = None) -> DeliveryError:
    """Return the error for `ok: false` with *code*; *wait* is the Retry-After header.

    A code nobody knows counts as not sent: it is tried again, ever more rarely, and given up with
    its reason in the end.
    """
    if code in LIMITED:
        return NotSent(code, retry_after=retry_after(wait), scope=Scope.CHANNEL)
    kinds: tuple[tuple[frozenset[str], type[DeliveryError]], ...] = (
        (DOUBTFUL, Uncertain),
        (CONTENT, PermanentAlert),
        (CHANNEL, PermanentChannel),
        (TOKEN, PermanentToken),
        (PARENT, ParentGone),
    )
    return next((kind(code) for codes, kind in kinds if code in codes), NotSent(code))


def from_status(status: int, headers: Mapping[str, str], code: str | None) -> DeliveryError:
    """Return the error for an HTTP answer; *code* is None when the body could not be read."""
    lower = {name.lower(): value for name, value in headers.items()}
    if status == 429:
        wait = retry_after(lower.get("retry-after"))
        return NotSent(code or "ratelimited", retry_after=wait, scope=Scope.CHANNEL)
    # A gateway's 5xx may stand in front of a Slack that took the message.
    if status >= 500:
        return Uncertain(f"http_{status}", code or "")
    if code is not None:
        return from_code(code, lower.get("retry-after"))
    if status < 300:
        return Uncertain("unreadable_answer", f"HTTP {status}")
    # A redirect or a refusal by something in between: Slack has not seen the message.
    return NotSent(f"http_{status}")
