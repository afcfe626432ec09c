"""`ashore admin`, `ashore audit` and keys with a part in the rules: what an operator types, and what it prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from services.casebook.access import find_organisation
from services.casebook.authors import author_of_organisation
from services.casebook.clock import utc_now
from services.casebook.database import Database, open_database
from services.casebook.model import Role
from services.casebook.releases import ensure_first_release
from services.casebook.rule_tables import AuditRow
from services.casebook.signing_in import find_by_link, set_password
from services.cli import main

Ashore = Callable[..., Result]


@pytest.fixture
def ashore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ashore:
    """The command line, with a data folder of its own."""
    monkeypatch.setenv("ASHORE_DATA", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def database(ashore: Ashore, tmp_path: Path) -> Database:
    ashore("db", "upgrade")
    return open_database(f"sqlite:///{tmp_path / 'ashore.db'}")


def link_in(output: str) -> str:
    return output.strip().rpartition("/studio/welcome/")[2]


def test_an_account_is_made_with_a_link_that_sets_its_password(ashore: Ashore, database: Database) -> None:
    made = ashore("admin", "create", "Lin", "--role", "editor")
    assert (made.exit_code, made.output.split()[:2]) == (0, ["lin", "editor"])
    assert "no password yet" in ashore("admin", "list").output
    with database.write() as session:
        row = set_password(session, link_in(made.output), "correct horse battery", utc_now())
        assert row is not None
        assert row.role is Role.EDITOR
    assert "in use" in ashore("admin", "list").output


def test_without_a_role_an_account_is_an_admin(ashore: Ashore) -> None:
    assert ashore("admin", "create", "lin").output.split()[1] == "admin"


def test_a_name_that_is_taken_is_refused(ashore: Ashore) -> None:
    ashore("admin", "create", "lin")
    again = ashore("admin", "create", "LIN")
    assert again.exit_code == 2
    assert "This name is taken" in again.output


def test_who_lost_the_link_gets_another(ashore: Ashore, database: Database) -> None:
    first = link_in(ashore("admin", "create", "lin").output)
    second = link_in(ashore("admin", "link", "lin").output)
    with database.read() as session:
        assert find_by_link(session, first, utc_now()) is None
        assert find_by_link(session, second, utc_now()) is not None


def test_there_is_no_link_for_nobody(ashore: Ashore) -> None:
    result = ashore("admin", "link", "nobody")
    assert result.exit_code == 2
    assert "there is no account nobody" in result.output


def test_the_audit_says_that_nothing_was_changed(ashore: Ashore) -> None:
    ashore("admin", "create", "lin")
    result = ashore("audit", "verify")
    assert (result.exit_code, result.output.startswith("1 entries, 0 faults, head ")) == (0, True)


def test_the_audit_names_what_was_changed_and_fails(ashore: Ashore, database: Database) -> None:
    ashore("admin", "create", "lin")
    with database.write() as session:
        session.execute(update(AuditRow).values(author="account:9"))
    result = ashore("audit", "verify")
    assert result.exit_code == 1
    assert "entry 1 was changed" in result.output


def test_the_audit_misses_what_was_cut_off_if_its_head_was_noted(ashore: Ashore, database: Database) -> None:
    ashore("admin", "create", "lin")
    head = ashore("audit", "verify").output.split()[-1]
    with database.write() as session:
        session.query(AuditRow).delete()
    assert ashore("audit", "verify", "--head", head).exit_code == 1


def test_a_key_may_be_given_a_part_in_the_rules(ashore: Ashore, database: Database) -> None:
    key = ashore("organisation", "add", "a pipeline", "--rules", "publisher").output.split()[-1]
    with database.read() as session:
        row = find_organisation(session, key)
        assert row is not None
        author = author_of_organisation(row)
        assert author is not None
        assert (author.role, author.name) == (Role.PUBLISHER, "a pipeline")
        assert session.scalars(select(AuditRow.what)).all() == ["organisation.added"]
    assert "rules: publisher" in ashore("organisation", "list").output


def test_a_key_that_only_accompanies_cases_has_no_part_in_the_rules(ashore: Ashore, database: Database) -> None:
    key = ashore("organisation", "add", "a helpline").output.split()[-1]
    with database.read() as session:
        row = find_organisation(session, key)
        assert row is not None
        assert author_of_organisation(row) is None


def test_a_release_that_somebody_changed_in_the_database_is_named(
    ashore: Ashore, database: Database, rule_files: Mapping[str, str]
) -> None:
    with database.write() as session:
        ensure_first_release(session, lambda: rule_files, utc_now())
    assert ashore("audit", "verify").exit_code == 0
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE release SET files = '{}'")
    assert "the files of release 1 were changed" in ashore("audit", "verify").output


def test_a_folder_becomes_a_draft_and_the_rules_in_force_stay(
    ashore: Ashore, database: Database, rule_files: Mapping[str, str], tmp_path: Path
) -> None:
    folder = written(tmp_path / "mine", {**rule_files, "topics/pay.yaml": rule_files["topics/pay.yaml"] + "# a word\n"})
    assert ashore("rules", "import", folder, "--why", "a remark").output.startswith("draft 1: ")
    assert ashore("rules", "releases").output.count("\n") == 1
    assert ashore("rules", "export", str(tmp_path / "out"), "--draft", "1").exit_code == 0
    assert (tmp_path / "out/topics/pay.yaml").read_text(encoding="utf-8").endswith("# a word\n")


def test_a_folder_that_cannot_be_read_becomes_a_draft_all_the_same_but_is_not_published(
    ashore: Ashore, database: Database, rule_files: Mapping[str, str], tmp_path: Path
) -> None:
    folder = written(tmp_path / "mine", {**rule_files, "topics/pay.yaml": "topic: pay\n"})
    assert ashore("rules", "import", folder, "--why", "half done").exit_code == 0
    assert ashore("rules", "import", folder, "--why", "half done", "--publish").exit_code == 1


def test_a_published_folder_goes_through_every_step_of_the_audit(
    ashore: Ashore, database: Database, rule_files: Mapping[str, str], tmp_path: Path
) -> None:
    folder = written(tmp_path / "mine", {**rule_files, "topics/pay.yaml": rule_files["topics/pay.yaml"] + "# a word\n"})
    result = ashore("rules", "import", folder, "--why", "a remark", "--by", "lin", "--publish")
    assert result.output.startswith("release 2 (")
    with database.read() as session:
        acts = session.scalars(select(AuditRow.what).where(AuditRow.author == "operator:lin").order_by(AuditRow.number))
        assert acts.all() == [
            "draft.created", "draft.submitted", "draft.approved", "release.added", "release.published",
            "draft.published",
        ]  # fmt: skip
    assert ashore("audit", "verify").exit_code == 0


def test_a_draft_that_does_not_exist_is_named(ashore: Ashore, database: Database, tmp_path: Path) -> None:
    result = ashore("rules", "export", str(tmp_path / "out"), "--draft", "9")
    assert (result.exit_code, "there is no draft 9" in result.output) == (1, True)


def written(folder: Path, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)
