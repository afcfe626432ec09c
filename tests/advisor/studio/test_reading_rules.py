"""The rules as an admin reads them: sentences, sources, uses, and since when each is as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from services.advisor.app import create_app
from services.advisor.parts import Parts
from services.advisor.studio.rule_cards import Cards
from services.casebook.accounts import add_account
from services.casebook.authors import STARTER
from services.casebook.model import Role
from services.casebook.releases import add_release, publish
from services.casebook.rule_use import add_uses
from services.casebook.settings import Settings, read_settings
from services.casebook.signing_in import start_session
from services.rulebook.editing.entries import change_entry, remove_entry
from services.rulebook.load import read_folder
from tests.advisor.conftest import NOON
from tests.advisor.studio.admin import Admin
from tests.rulebook.making import among, one_of, rule, rulebook

RULE = "propose-what-you-can-keep"
LATER = NOON + timedelta(days=3)
TODAY = LATER.date()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASHORE_DATA", str(tmp_path_factory.mktemp("reading")))
        return read_settings(env_file=None)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Flask:
    """A studio whose rules have a history: a changed title, then changed conditions, then another rule's change."""
    clock = [NOON]
    app = create_app(settings, clock=lambda: clock[0], log_to=StringIO())
    clock[0] = LATER
    files: Mapping[str, str] = read_folder("rules")
    title = {"zh": "提一个守得住的分期方案", "en": "Offer a plan that holds"}
    first = change_entry(files, "rules", RULE, {"title": title})
    second = change_entry(first, "rules", RULE, {"when": {"ability_to_pay": "partial", "negotiation": "not_started"}})
    third = change_entry(second, "rules", "wait-a-few-days", {"urgency": "today"})
    parts: Parts = app.extensions["ashore"]
    with parts.database.write() as session:
        for days, (release, why) in enumerate([(first, "Plainer"), (second, "Narrower"), (third, "Sooner")], start=1):
            now = NOON + timedelta(days=days - 1, hours=1)
            row = add_release(session, release, STARTER, why, now)
            publish(session, row.fingerprint, STARTER, why, now)
        add_uses(session, TODAY, {RULE: 41})
        add_uses(session, TODAY - timedelta(days=90), {RULE: 1000})
    return app


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Admin:
    admin, parts = Admin(app, "en"), app.extensions["ashore"]
    with parts.database.write() as session:
        row, _ = add_account(
            session, tmp_path.name.replace("[", ".").replace("]", ".")[-60:], Role.VIEWER, STARTER, LATER
        )
        admin.carry(start_session(session, row, LATER))
    return admin


def test_a_rule_reads_as_a_sentence_with_its_action_and_how_soon(reader: Admin) -> None:
    text = reader.open("/studio/rules?topic=negotiate").text
    assert "If what you can pay is some of it each month" in text
    assert "Propose a plan that you can keep , this week" in text


def test_a_rule_shows_what_it_rests_on_its_review_and_how_often_it_was_used_lately(reader: Admin) -> None:
    text = reader.open(f"/studio/rules/{RULE}").text
    assert "Civil Code · 543" in text
    assert "2027-06-30" in text
    assert "Used 41 times in the last 30 days" in text


def test_a_rule_says_by_when_the_step_is_to_be_done_and_when_somebody_comes_back(reader: Admin) -> None:
    text = reader.open(f"/studio/rules/{RULE}").text
    deadline, follow_ups = text.split("Deadline")[1].split("When Ashore comes back to it")
    assert "3 days" in deadline
    assert "Any word on the proposal?" in follow_ups


def test_a_rule_shows_for_whom_it_steps_aside(reader: Admin) -> None:
    reader.open(f"/studio/rules/{RULE}")
    assert '<a href="/studio/rules/plan-finished">' in reader.html


def test_the_history_of_a_rule_names_every_release_that_changed_it_and_no_other(reader: Admin) -> None:
    history = reader.open(f"/studio/rules/{RULE}").text.split("Since when the rule is like this")[1]
    assert [word for word in ("Narrower", "Plainer", "Loaded by the first start", "Sooner") if word in history] == [
        "Narrower", "Plainer", "Loaded by the first start",
    ]  # fmt: skip
    assert history.index("Narrower") < history.index("Plainer")
    assert "Propose an instalment plan that you can keep" in history
    assert "Offer a plan that holds" in history


@pytest.mark.parametrize("asked", ["offer holds", "some of it civil code", "propose-what", "每月 守得住 民法典"])
def test_a_search_finds_a_rule_by_its_words_its_conditions_its_sources_and_its_id(reader: Admin, asked: str) -> None:
    assert f'id="rule-{RULE}"' in reader.open(f"/studio/rules?q={asked}").html


def test_a_search_that_finds_nothing_says_so(reader: Admin) -> None:
    assert "Nothing was found" in reader.open("/studio/rules?q=aardvark").text


@pytest.mark.parametrize("path", ["/studio/rules/nobody", "/studio/rules?topic=nobody", "/studio/vocabulary?kind=x"])
def test_what_is_not_there_is_not_found(reader: Admin, path: str) -> None:
    assert reader.open(path).status == 404


@pytest.mark.parametrize("path", ["/studio/", "/studio/rules", f"/studio/rules/{RULE}", "/studio/drafts"])
def test_whoever_only_reads_is_offered_no_new_draft(reader: Admin, path: str) -> None:
    html = reader.open(path).html
    assert 'action="/studio/drafts"' not in html
    assert "/studio/drafts#new" not in html


def test_words_and_sources_are_listed_and_searched(reader: Admin) -> None:
    assert "days overdue" in reader.open("/studio/vocabulary?kind=facts").text
    assert "Civil Code" in reader.open("/studio/vocabulary?kind=sources&q=civil-code").text
    assert "days overdue" not in reader.open("/studio/vocabulary?kind=facts&q=age_group").text


def test_the_first_page_names_what_is_due_for_review(app: Flask, reader: Admin) -> None:
    parts: Parts = app.extensions["ashore"]
    with parts.database.write() as session:
        files = change_entry(read_folder("rules"), "rules", "wait-a-few-days", {"review_by": "2026-11-01"})
        row = add_release(session, files, STARTER, "Overdue", LATER)
        publish(session, row.fingerprint, STARTER, "Overdue", LATER)
    assert "Review was due on 2026-11-01" in reader.open("/studio/").text


def test_a_rule_that_a_release_took_out_and_another_brought_back_says_so(app: Flask, reader: Admin) -> None:
    parts: Parts = app.extensions["ashore"]
    without = remove_entry(read_folder("rules"), "rules", "wait-a-few-days")
    without = {name: text for name, text in without.items() if not name.startswith("cases/")}
    with parts.database.write() as session:
        for files, why in ((without, "Gone"), (read_folder("rules"), "Back")):
            row = add_release(session, files, STARTER, why, LATER)
            publish(session, row.fingerprint, STARTER, why, LATER)
    history = reader.open("/studio/rules/wait-a-few-days").text.split("Since when")[1]
    assert "removed" in history
    assert "added" in history


def test_every_value_that_is_enough_stands_by_itself() -> None:
    fact = one_of("stage", "new", "waiting", "refused")
    cards = Cards(rulebook([fact], [rule("r", among("stage", "refused", "new", or_unknown=True))]), {}, TODAY)
    (condition,) = cards.card(cards.rulebook.rules[0]).conditions
    assert [value.en for value in condition.values] == ["new", "refused", "not known yet"]
