"""Rules change while requests are answered: imported, taken up without a restart, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from services.advisor.app import create_app
from services.advisor.newest_release import LOOK_EVERY, NewestRelease
from services.advisor.parts import Parts
from services.casebook.settings import read_settings
from services.cli import main

OLD, NEW = "今天主动联系一次官方客服", "今天就联系一次官方客服"
Ashore = Callable[..., Result]


@pytest.fixture
def ashore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ashore:
    """The command line, with a data folder of its own."""
    monkeypatch.setenv("ASHORE_DATA", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def client(ashore: Ashore) -> FlaskClient:
    """A running service whose patience between two looks has always run out."""
    app = create_app(read_settings(env_file=None))
    parts: Parts = app.extensions["ashore"]
    time = iter(range(0, 1_000_000, 1 + int(LOOK_EVERY.total_seconds())))
    parts.releases.before_lending = NewestRelease(parts.releases, parts.database, parts.clock, lambda: next(time)).look
    return app.test_client()


@pytest.fixture
def changed(ashore: Ashore, client: FlaskClient, tmp_path: Path) -> Path:
    """A folder with the rules in force, one title written otherwise."""
    folder = tmp_path / "mine"
    assert ashore("rules", "export", folder).exit_code == 0
    file = folder / "topics" / "contact.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
    return folder


def title(client: FlaskClient) -> str:
    return str(client.get("/v1/rules/reach-out-first").get_json()["title"])


def test_imported_rules_answer_the_next_request_and_a_rollback_takes_them_back(
    ashore: Ashore, client: FlaskClient, changed: Path
) -> None:
    assert title(client) == OLD
    assert ashore("rules", "import", changed, "--why", "plainer words", "--publish").exit_code == 0
    assert title(client) == NEW
    assert ashore("rules", "rollback", 1, "--why", "not better").exit_code == 0
    assert title(client) == OLD


def test_each_answer_names_the_release_it_came_from(ashore: Ashore, client: FlaskClient, changed: Path) -> None:
    before = client.post("/v1/advice", json={"facts": {}}).get_json()["receipt"]["release"]
    ashore("rules", "import", changed, "--why", "plainer words", "--publish")
    after = client.post("/v1/advice", json={"facts": {}}).get_json()["receipt"]["release"]
    assert before != after
    assert after[:12] in ashore("rules", "releases").output


def test_the_same_rules_are_the_same_release(ashore: Ashore, changed: Path) -> None:
    for _ in range(2):
        assert "release 2 " in ashore("rules", "import", changed, "--why", "plainer words", "--publish").output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("advise: contact_lender", "advise: contact_lendr", "contact_lender"),
        ("advise: contact_lender", "advise: pay_in_full", "contradict"),
    ],
    ids=["a rule that cannot be read", "advice that breaks a case"],
)
def test_rules_with_a_mistake_never_come_into_force(
    ashore: Ashore, client: FlaskClient, changed: Path, old: str, new: str, said: str
) -> None:
    file = changed / "topics" / "contact.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    result = ashore("rules", "import", changed, "--why", "a slip", "--language", "en", "--publish")
    assert result.exit_code == 1
    assert said in result.output
    assert title(client) == OLD


def test_a_release_that_does_not_exist_is_refused(ashore: Ashore, client: FlaskClient) -> None:
    result = ashore("rules", "rollback", 99, "--why", "a slip")
    assert (result.exit_code, "no release 99" in result.output) == (1, True)


def test_nothing_is_written_over(ashore: Ashore, changed: Path) -> None:
    assert ashore("rules", "export", changed).exit_code == 1


def test_a_database_out_of_reach_leaves_the_release_in_hand_in_force(client: FlaskClient, tmp_path: Path) -> None:
    for file in (tmp_path / "data").glob("ashore.db*"):
        file.unlink()
    (tmp_path / "data" / "ashore.db").mkdir()
    assert title(client) == OLD
