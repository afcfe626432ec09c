"""What becomes of cases while nobody speaks: new releases, retention, and promises that went missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import delete

from services.casebook.database import Database
from services.casebook.model import CaseState, FollowUpKind, FollowUpState
from services.casebook.releases import Load, Shelf, add_release, ensure_first_release, fingerprint_in_force, publish
from services.casebook.tables import FollowUpRow, Table
from services.casebook.upkeep import erase_old_cases, look_after
from tests.casebook.life import LAWYER, START, Life

DEBT = {"product": "jiebei", "days_overdue": 12, "ability_to_pay": "partial", "negotiation": "refused"}


@pytest.fixture
def own(database: Database, shelf: Shelf, rule_files: Mapping[str, str], load: Load) -> Life:
    """A case in a database of its own, where the release may be changed and other cases may be counted."""
    with database.write() as session:
        ensure_first_release(session, lambda: rule_files, START, load)
    return Life(database, shelf)


def put_in_force(life: Life, files: Mapping[str, str]) -> str:
    with life.database.write() as session:
        row = add_release(session, files, LAWYER, "a test", life.now, life.shelf.load)
        publish(session, row.fingerprint, LAWYER, "a test", life.now)
        return row.fingerprint


def without_mediation(files: Mapping[str, str]) -> dict[str, str]:
    """The same rulebook, but mediation is advised from day 60 on only."""
    path = next(path for path in files if path.endswith("topics/mediation.yaml"))
    return {**files, path: files[path].replace("days_overdue: [8+, unknown]", "days_overdue: [60+, unknown]", 1)}


def reworded(files: Mapping[str, str]) -> dict[str, str]:
    path = next(path for path in files if path.endswith("topics/mediation.yaml"))
    return {**files, path: files[path] + "\n# a remark\n"}


def test_a_new_release_that_changes_the_advice_is_told(own: Life, rule_files: Mapping[str, str]) -> None:
    own.open(DEBT)
    fingerprint = put_in_force(own, without_mediation(rule_files))
    own.look_after()
    assert own.events()[-1] == "rules.changed"
    assert own.decisions()[-1].release == fingerprint
    assert "apply_mediation" not in own.actions()
    assert FollowUpKind.RULES_CHANGED in own.kinds()


def test_a_new_release_that_changes_nothing_here_is_not_told(own: Life, rule_files: Mapping[str, str]) -> None:
    own.open(DEBT)
    put_in_force(own, reworded(rule_files))
    own.look_after()
    assert own.events() == ["case.opened"]
    assert FollowUpKind.RULES_CHANGED not in own.kinds()


def test_a_new_release_is_told_once(own: Life, rule_files: Mapping[str, str]) -> None:
    own.open(DEBT)
    put_in_force(own, without_mediation(rule_files))
    own.wait(5)
    assert own.events().count("rules.changed") == 1


def test_an_old_decision_is_worked_out_with_its_own_release(own: Life, rule_files: Mapping[str, str]) -> None:
    own.open(DEBT)
    old = own.decisions()[0].release
    put_in_force(own, without_mediation(rule_files))
    own.tell("call.missed")
    assert [row.release == old for row in own.decisions()] == [True, False]


def test_rolling_back_is_one_more_publication(own: Life, rule_files: Mapping[str, str]) -> None:
    own.open(DEBT)
    old = own.decisions()[0].release
    put_in_force(own, without_mediation(rule_files))
    own.look_after()
    put_in_force(own, rule_files)
    own.look_after()
    with own.database.read() as session:
        assert fingerprint_in_force(session, own.now) == old
    assert "apply_mediation" in own.actions()


def test_a_promise_that_went_missing_is_put_in_again(own: Life) -> None:
    own.open(DEBT)
    before = {row.dedupe_key for row in own.rows()}
    with own.database.write() as session:
        session.execute(delete(FollowUpRow).where(FollowUpRow.rule_id == "refused-ask-once-more"))
    own.do(lambda desk, case: look_after(desk, own.shelf, case))
    assert before <= {row.dedupe_key for row in own.rows()}


def test_looking_after_a_case_twice_changes_nothing(own: Life) -> None:
    own.open(DEBT)
    own.now = own.case().next_look_at
    own.look_after()
    events, rows = own.events(), [(row.id, row.state) for row in own.rows()]
    own.look_after()
    assert (own.events(), [(row.id, row.state) for row in own.rows()]) == (events, rows)


def test_a_case_is_erased_when_its_retention_time_has_ended(own: Life) -> None:
    own.open(DEBT, retention_days=30)
    assert erase_old_cases(own.database, own.now + timedelta(days=29)) == 0
    assert erase_old_cases(own.database, own.now + timedelta(days=30)) == 1
    with own.database.read() as session:
        left = {
            str(table.name): session.execute(table.select()).all()
            for table in Table.metadata.sorted_tables
            if "case_id" in table.columns or table.name in ("case", "delivery")
        }
    assert set(map(len, left.values())) == {0}


def test_a_sign_of_life_keeps_a_case_longer(own: Life) -> None:
    own.open(DEBT, retention_days=30)
    own.wait(20)
    own.tell("call.missed")
    assert erase_old_cases(own.database, own.now + timedelta(days=29)) == 0


def test_a_stopped_case_is_left_alone(own: Life) -> None:
    own.open(DEBT)
    own.tell("case.closed")
    assert own.wait(400) == []
    assert own.case().state is CaseState.SETTLED
    assert own.rows(FollowUpState.SCHEDULED) == []
