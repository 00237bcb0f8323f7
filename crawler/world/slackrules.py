"""What Slack refuses: the limits of chat.postMessage and chat.update. Pure.

Sources: Slack's reference of each block (docs.slack.dev/reference/block-kit) and slack-sdk 3.47's
model constants; the total over all blocks is undocumented (slackapi/bolt-js issue 2509).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

TEXT_MAX = 40_000
BLOCKS_MAX = 50
TOTAL_MAX = 13_200
METADATA_MAX = 8_000

_STYLES = {
    "bold",
    "italic",
    "strike",
    "code",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
}


def refusal(message: Mapping[str, Any]) -> str | None:
    """Return the error Slack answers to *message* (text, blocks, metadata), or None."""
    text, blocks = message.get("text") or "", message.get("blocks")
    if not isinstance(text, str) or len(text) > TEXT_MAX:
        return "msg_too_long"
    if blocks is not None and not isinstance(blocks, list):
        return "invalid_blocks_format"
    if not text and not blocks:
        return "no_text"
    metadata = message.get("metadata")
    if metadata is not None and (problem := _metadata(metadata)):
        return problem
    if not blocks:
        return None
    if len(blocks) > BLOCKS_MAX or any(not _block(block) for block in blocks):
        return "invalid_blocks"
    if _size(blocks) > TOTAL_MAX:
        return "msg_blocks_too_long"
    return None


def _metadata(metadata: object) -> str | None:
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        return "invalid_metadata_format"
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        return "invalid_metadata_schema"
    return "metadata_too_large" if _size(metadata) > METADATA_MAX else None


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(each) for each in value.values())
    return sum(_size(each) for each in value) if isinstance(value, list) else 0


def _block(block: object) -> bool:
    if not isinstance(block, dict) or len(str(block.get("block_id", ""))) > 255:
        return False
    check = _CHECKS.get(str(block.get("type")))
    return check is not None and check(block)


def _text(value: object, limit: int, kinds: Sequence[str] = ("plain_text", "mrkdwn")) -> bool:
    return (
        isinstance(value, dict)
        and value.get("type") in kinds
        and isinstance(value.get("text"), str)
        and 1 <= len(value["text"]) <= limit
        # Slack refuses `emoji` on mrkdwn and `verbatim` on plain text.
        and not ("emoji" in value and value["type"] == "mrkdwn")
        and not ("verbatim" in value and value["type"] == "plain_text")
    )


def _header(block: Mapping[str, Any]) -> bool:
    return _text(block.get("text"), 150, ("plain_text",))


def _section(block: Mapping[str, Any]) -> bool:
    fields = block.get("fields") or []
    if not isinstance(fields, list) or len(fields) > 10:
        return False
    if "text" not in block and not fields:
        return False
    return ("text" not in block or _text(block["text"], 3000)) and all(
        _text(each, 2000) for each in fields
    )


def _context(block: Mapping[str, Any]) -> bool:
    elements = block.get("elements")
    return (
        isinstance(elements, list)
        and 1 <= len(elements) <= 10
        and all(_text(each, 3000) for each in elements)
    )


def _actions(block: Mapping[str, Any]) -> bool:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 25:
        return False
    ids = [each.get("action_id") for each in elements if isinstance(each, dict)]
    return len(set(ids)) == len(elements) and all(_button(each) for each in elements)


def _button(element: object) -> bool:
    return (
        isinstance(element, dict)
        and element.get("type") == "button"
        and _text(element.get("text"), 75, ("plain_text",))
        and len(str(element.get("url", ""))) <= 3000
        and str(element.get("url", "http://")).startswith(("http://", "https://"))
        and len(str(element.get("value", ""))) <= 2000
        and len(str(element.get("action_id", ""))) <= 255
    )


def _rich(block: Mapping[str, Any]) -> bool:
    elements = block.get("elements")
    return isinstance(elements, list) and bool(elements) and all(map(_rich_element, elements))


def _rich_element(element: object) -> bool:
    if not isinstance(element, dict) or not isinstance(element.get("elements"), list):
        return False
    kind, inner = element.get("type"), element["elements"]
    if kind == "rich_text_list":
        return element.get("style") in ("bullet", "ordered") and all(map(_rich_element, inner))
    if kind not in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
        return False
    return bool(inner) and all(map(_rich_run, inner))


def _rich_run(run: object) -> bool:
    if not isinstance(run, dict) or not set(run.get("style", {})) <= _STYLES:
        return False
    if run.get("type") == "text":
        return isinstance(run.get("text"), str) and bool(run["text"])
    if run.get("type") == "link":
        return (
            str(run.get("url", "")).startswith(("http://", "https://")) and len(run["url"]) <= 3000
        )
    # A run that mentions somebody is valid Slack, and never what Windcatch may send.
    return run.get("type") in ("emoji", "user", "usergroup", "channel", "broadcast", "date")


def _divider(block: Mapping[str, Any]) -> bool:
    return block.get("type") == "divider"


_CHECKS = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "rich_text": _rich,
    "divider": _divider,
}
