from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_runs import Cli

from crawler.doctor import Finding, Level, examine

NOW = datetime(2026, 2, 17, 12, tzinfo=UTC)
HOME = {"HOME": "/root"}


def findings(cli: Cli, *, now: datetime = NOW, **environ: str) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in examine(Path("windcatch.toml"), now=now, environ={**HOME, **environ}):
        found.setdefault(finding.what, []).append(finding)
    return found


def bad(cli: Cli, what: str, **options) -> Finding:
    (finding,) = [f for f in findings(cli, **options)[what] if f.level is not Level.OK]
    assert finding.mend, "each says how to mend it"
    return finding


def test_a_new_installation_is_sound(made: Cli) -> None:
    levels = {f.level for fs in findings(made).values() for f in fs}
    assert Level.FAIL not in levels


def test_backups_that_stay_away_are_a_warning(made: Cli) -> None:
    assert "each night" in findings(made)["backup"][0].text
    made.write("backups/windcatch-20260216T030000Z.backup.db", "")
    assert findings(made)["backup"][0].level is Level.OK
    late = findings(made, now=datetime(2026, 2, 19, 12, tzinfo=UTC))["backup"][0]
    assert (late.level, late.mend[:9]) == (Level.WARN, "windcatch")


def test_a_missing_configuration_ends_the_examination(cli: Cli) -> None:
    found = findings(cli)
    assert "windcatch init" in found["configuration"][0].text
    assert "database" not in found


def test_every_problem_of_the_configuration_is_listed(made: Cli) -> None:
    made.write("windcatch.toml", "[fetch]\na = 1\nb = 2\n")
    assert len(findings(made)["configuration"]) == 2


def test_a_secret_that_others_may_read_fails(made: Cli) -> None:
    made.write(
        "windcatch.toml", '[destinations.a]\ntype = "slack"\nchannel = "#a"\ntoken_file = "token"\n'
    )
    token = made.write("token", "xoxb-1-secret")
    token.chmod(0o644)
    finding = bad(made, "destinations.a.token_file")
    assert "chmod 600" in finding.mend
    token.chmod(0o600)
    assert findings(made)["destinations.a.token_file"][0].level is Level.OK


def test_a_missing_token_fails_and_names_the_variable(made: Cli) -> None:
    made.write("windcatch.toml", '[destinations.a]\ntype = "slack"\nchannel = "#a"\n')
    assert "SLACK_BOT_TOKEN is not set" in bad(made, "destinations.a").text
    assert findings(made, SLACK_BOT_TOKEN="xoxb-1")["destinations.a"][0].level is Level.OK


def test_a_damaged_database_fails(made: Cli) -> None:
    made.write("windcatch.db", b"no database" * 1000)
    assert bad(made, "database").level is Level.FAIL


def test_a_database_not_made_yet_is_a_warning(made: Cli) -> None:
    (made.folder / "windcatch.db").unlink()
    finding = bad(made, "database")
    assert (finding.level, finding.mend) == (Level.WARN, "windcatch db upgrade")
    assert not (made.folder / "windcatch.db").exists(), "nothing is changed"


def test_a_clock_in_1970_fails(made: Cli) -> None:
    assert "NTP" in bad(made, "clock", now=datetime(1970, 1, 2, tzinfo=UTC)).mend


def test_a_bad_watchlist_fails(made: Cli) -> None:
    made.write("watchlists/china-tech.toml", "x = 1")
    assert any(f.level is Level.FAIL for f in findings(made)["watchlists"])


@pytest.mark.parametrize(("text", "code"), [(None, 0), ("[bad]", 1)])
def test_the_command_prints_findings_and_its_code(made: Cli, text: str | None, code: int) -> None:
    if text is not None:
        made.write("windcatch.toml", text)
    result = made("doctor", "--json")
    assert result.code == code
    rows = [json.loads(line) for line in result.out.splitlines()]
    assert all(list(row) == ["level", "what", "text", "mend"] for row in rows)
    assert ("fail" in {row["level"] for row in rows}) is (code == 1)
    people = made("doctor")
    assert people.code == code
    assert "ok   python: " in people.out
