from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.secrets import Secret, SecretMissing, read_secret, redact

HIDDEN = [
    ("token xoxb-123456789012-abcdEFGH in a line", "xoxb-***", "abcdEFGH"),
    ("xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4OTAx", "***", "Mi0yLTEyMzQ1Njc4OTAx"),
    ("xapp-1-A111-222-abcdef", "xapp-***", "abcdef"),
    (
        "POST https://hooks.slack.com/services/T000/B000/XXXX failed",
        "hooks.slack.com/services/***",
        "B000",
    ),
    ("postgresql+psycopg://me:geheim@db/x", "postgresql+psycopg://***@db/x", "geheim"),
    # A password may hold a slash only when it is encoded; a name alone is hidden as well.
    ("http://only-a-token@proxy:3128/", "***@proxy", "only-a-token"),
    ("GET /feed?a=1&token=s3cr3t&b=2", "token=***&b=2", "s3cr3t"),
    ("https://x.example/?api_key=abc", "api_key=***", "=abc"),
    ("Authorization: Bearer abcdefgh12345", "Bearer ***", "abcdefgh12345"),
]
KEPT = [
    "https://news.example/a?id=3&page=2",
    "mail desk@example.org about it",
    "the key=value pair of a sentence",
    "https://medium.example/@author/a-title",
]


@pytest.mark.parametrize(("text", "shown", "secret"), HIDDEN)
def test_secrets_are_hidden_wherever_they_stand(text: str, shown: str, secret: str) -> None:
    hidden = redact(text)
    assert shown in hidden
    assert secret not in hidden
    assert redact(hidden) == hidden


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert redact(text) == text


@given(st.text())
def test_redacting_any_text_is_idempotent(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret("xoxb-very-secret")
    assert "very" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "xoxb-very-secret"


def test_a_secret_comes_from_its_file_first(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n")
    assert read_secret("TOKEN", file, {"TOKEN": "from-env"}).reveal() == "from-file"
    assert read_secret("TOKEN", None, {"TOKEN": " from-env "}).reveal() == "from-env"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), (b"", "is empty"), (b"\xff\xfe\xff", "not text")]
)
def test_a_missing_secret_says_where_it_should_be(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SecretMissing, match=said):
        read_secret("TOKEN", file, {})
    with pytest.raises(SecretMissing, match="TOKEN is not set"):
        read_secret("TOKEN", None, {"TOKEN": "  "})
