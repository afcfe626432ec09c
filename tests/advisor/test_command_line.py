"""`ashore advise` and `ashore rules` say on the command line what the service says over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from services.casebook.settings import starter_rules
from services.cli import main

QUESTION = {"facts": {"product": "jiebei", "days_overdue": 12, "ability_to_pay": "partial"}, "as_of": "2026-11-24"}


def ashore(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=given)


def test_the_command_line_gives_the_same_answer_as_the_service(client: FlaskClient, situation_file: Path) -> None:
    situation_file.write_text(json.dumps(QUESTION))
    for language in ("zh-CN", "en"):
        said = ashore("advise", str(situation_file), "--json", "--language", language)
        assert said.exit_code == 0
        assert json.loads(said.stdout) == client.post("/v1/advice", json={**QUESTION, "language": language}).get_json()


def test_people_read_steps_reasons_sources_and_the_disclaimer() -> None:
    said = ashore("advise", "-", "--language", "en", given=json.dumps(QUESTION))
    assert said.stdout.startswith("1. ")
    for expected in ("Why: ", "Source: ", "The next question", "not legal advice", "as of 2026-11-24"):
        assert expected in said.stdout


def test_in_danger_the_numbers_to_call_come_first() -> None:
    said = ashore("advise", "-", given=json.dumps({"facts": {"safety_state": "in_danger"}}))
    assert said.stdout.startswith("现在就可以打")
    assert "110" in said.stdout.split("1. ")[0]


def test_options_count_more_than_the_file() -> None:
    said = ashore("advise", "-", "--json", "--as-of", "2027-01-31", given=json.dumps(QUESTION))
    assert json.loads(said.stdout)["receipt"]["as_of"] == "2027-01-31"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "The request has no content."),
        ('{"facts": {"days_overdue": 1, "days_overdue": 2}}', "/facts/days_overdue: "),
        ('{"fact": {}}', "/fact: There is no such field. Did you mean `facts`?"),
        ('{"facts": {"days_overdo": 1}}', "days_overdue"),
    ],
)
def test_what_cannot_be_used_is_told_line_by_line(given: str, expected: str) -> None:
    said = ashore("advise", "-", "--language", "en", given=given)
    assert said.exit_code == 2
    assert expected in said.stderr
    assert said.stdout == ""


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "1999-12-31"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    assert ashore("advise", "-", "--as-of", day, given='{"facts": {}}').exit_code == 2


def test_the_starter_rulebook_passes_its_checks_and_cases() -> None:
    for command in ("check", "test"):
        said = ashore("rules", command, "--language", "en")
        assert said.exit_code == 0, said.output


def test_a_mistake_in_a_rule_is_told_with_file_and_line(tmp_path: Path) -> None:
    folder = copied_rules(tmp_path)
    file = folder / "topics" / "pay.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("days_overdue:", "days_overdo:", 1), encoding="utf-8")
    said = ashore("rules", "check", str(folder), "--language", "en")
    assert said.exit_code == 1
    [line] = [line for line in said.stderr.splitlines() if "days_overdo`" in line or "'days_overdo'" in line]
    assert line.startswith("rules/topics/pay.yaml:")
    assert "days_overdue" in line


def test_a_case_that_is_answered_otherwise_is_told_with_file_and_line(tmp_path: Path) -> None:
    folder = copied_rules(tmp_path)
    (folder / "cases" / "wrong.yaml").write_text(
        "cases:\n- name: in danger\n  given: {safety_state: in_danger}\n  expect: [pay_in_full]\n", encoding="utf-8"
    )
    said = ashore("rules", "test", str(folder), "--language", "en")
    assert said.exit_code == 1
    assert "rules/cases/wrong.yaml:2: in danger: `pay_in_full` should be advised" in said.stderr


def test_a_rulebook_does_not_differ_from_itself() -> None:
    rules = str(starter_rules())
    said = ashore("rules", "diff", rules, rules, "--language", "en")
    assert (said.exit_code, said.stdout) == (0, "Nothing differs.\n")


def test_a_changed_rule_is_named_with_what_changes_for_people(tmp_path: Path) -> None:
    folder = copied_rules(tmp_path)
    file = folder / "topics" / "pay.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("urgency: today", "urgency: this_month", 1), encoding="utf-8")
    said = ashore("rules", "diff", str(starter_rules()), str(folder), "--language", "en")
    assert said.exit_code == 1
    assert "urgency: today -> this_month" in said.stdout
    assert "becomes less urgent" in said.stdout
    assert "for example: " in said.stdout


def copied_rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    for file in starter_rules().rglob("*.yaml"):
        copy = folder / file.relative_to(starter_rules())
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return folder
