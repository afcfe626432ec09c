"""Rules, and what changes in them, said so that an author reads what a borrower will get."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.rulebook.entry_sentences import say_entry_change
from services.rulebook.load import load_rulebook, read_sound_part
from services.rulebook.model import FollowUp, Moment, Rule, Rulebook, SourceRef, Text, Urgency
from services.rulebook.moment_sentences import say_moment
from services.rulebook.rule_sentences import SaidChange, say_change, say_rule
from tests.rulebook.making import among, between, day, number, one_of, rule, rulebook, text
from tests.rulebook.small_rulebook import small_files
from tests.rulebook.starter import starter_files, starter_rulebook

FACTS = (number("days", unit=text("days")), one_of("stage", "new", "refused"), day("hearing_on"))
PAY = rule("pay", between("days", 1, 7), advise="pay", yields_to=["guard"], deadline=(Moment(in_days=0),))
GUARD = rule("guard", among("stage", "refused"), advise="hold")
FALLBACK = rule("rest", advise="talk", is_fallback=True)


def book_of(*rules: Rule) -> Rulebook:
    return rulebook(FACTS, rules)


def english(changes: tuple[SaidChange, ...]) -> list[tuple[str, str | None, str | None]]:
    return [(change.about.en, change.old and change.old.en, change.new and change.new.en) for change in changes]


def changed(**fields: object) -> list[tuple[str, str | None, str | None]]:
    new = replace(PAY, **fields)  # type: ignore[arg-type]
    return english(say_change(book_of(PAY, GUARD, FALLBACK), book_of(new, GUARD, FALLBACK), "pay"))


def test_a_rule_is_said_with_its_conditions_its_step_and_whom_it_yields_to() -> None:
    follow_up = FollowUp(Moment(in_days=7), "stage", text("Any answer?"), hour=10)
    said = say_rule(book_of(PAY, GUARD), replace(PAY, follow_up=(follow_up,)))
    assert [condition.en for condition in said.conditions] == ["days: 1 to 7 days"]
    assert (said.advises.en, said.urgency.en) == ("pay", "today")
    assert said.yields == Text("“guard”", "“guard”")
    assert [moment.en for moment in said.deadline] == ["on the same day"]
    assert [wish.en for wish in said.follow_ups] == ["7 days later at 10:00: ask about “stage”, saying “Any answer?”"]


def test_a_rule_for_everybody_has_no_conditions_and_a_fallback_yields_to_all() -> None:
    said = say_rule(book_of(FALLBACK), FALLBACK)
    assert said.conditions == ()
    assert said.yields is not None
    assert said.yields.en == "all other advice"


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        (Moment(in_days=0), "当天", "on the same day"),
        (Moment(in_days=7), "7 天后", "7 days later"),
        (Moment(fact="days", reaches=91), "“days”到 91 days的那天", "on the day on which “days” reaches 91 days"),
        (Moment(date_fact="hearing_on", offset=-3), "“hearing_on”前 3 天", "3 days before “hearing_on”"),
        (Moment(date_fact="hearing_on"), "“hearing_on”当天", "on “hearing_on”"),
        (Moment(date_fact="hearing_on", offset=2), "“hearing_on”后 2 天", "2 days after “hearing_on”"),
    ],
)
def test_a_moment_is_said_relative_to_the_case(moment: Moment, zh: str, en: str) -> None:
    assert say_moment(book_of(PAY), moment) == (zh, en)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"when": (between("days", 1, 5),)}, ("condition “days”", "1 to 7 days", "1 to 5 days")),
        ({"advise": "talk"}, ("what it advises", "pay", "talk")),
        ({"urgency": Urgency.NOW}, ("how soon", "today", "now")),
        ({"title": text("Pay")}, ("title", "pay", "Pay")),
        ({"text": text("Pay it all")}, ("words", "pay", "Pay it all")),
        ({"because": text("cheap")}, ("reason", "because of pay", "cheap")),
        ({"order": 3}, ("place in the order of safety", None, "3")),
        ({"deadline": (Moment(in_days=3),)}, ("to be done", "on the same day", "3 days later")),
        ({"deadline": ()}, ("to be done", "on the same day", None)),
        ({"yields_to": frozenset()}, ("yields to", "“guard”", None)),
        ({"covers": ("G01", "G02")}, ("points it covers", None, "G01, G02")),
        ({"sources": (SourceRef("law", "12"),)}, ("rests on", None, "law, 12")),
        ({"valid_until": date(2026, 12, 31)}, ("in force", "from 2026-01-01", "from 2026-01-01 until 2026-12-31")),
        ({"review_by": date(2028, 1, 1)}, ("review by", "2027-06-30", "2028-01-01")),
        ({"owner": "legal-team"}, ("owner", "advice-team", "legal-team")),
    ],
)
def test_what_changed_is_said_with_old_and_new(
    fields: dict[str, object], said: tuple[str, str | None, str | None]
) -> None:
    assert changed(**fields) == [said]


def test_a_condition_that_is_new_has_no_old_side_and_one_that_is_gone_no_new_one() -> None:
    assert changed(when=(between("days", 1, 7), among("stage", "new"))) == [("condition “stage”", None, "new")]
    assert changed(when=()) == [("for whom", None, "everybody"), ("condition “days”", "1 to 7 days", None)]


def test_a_follow_up_that_moves_stands_beside_what_it_was() -> None:
    week, month, sooner = (FollowUp(Moment(in_days=days), "stage") for days in (7, 30, 20))
    old, new = (book_of(replace(PAY, follow_up=(week, wish)), GUARD) for wish in (month, sooner))
    assert english(say_change(old, new, "pay")) == [
        ("coming back", "30 days later: ask about “stage”", "20 days later: ask about “stage”")
    ]


def test_how_a_condition_is_written_is_no_change() -> None:
    assert changed(when=(replace(PAY.when[0], written="1 to 7"),)) == []


def test_a_rule_that_is_new_or_gone_is_said_in_full() -> None:
    old, new = book_of(GUARD), book_of(replace(PAY, yields_to=frozenset()), GUARD)
    assert ("condition “days”", None, "1 to 7 days") in english(say_change(old, new, "pay"))
    assert ("condition “days”", "1 to 7 days", None) in english(say_change(new, old, "pay"))
    assert say_change(old, old, "pay") == ()


def test_every_rule_of_the_starter_rulebook_can_be_said_and_says_no_change_of_itself() -> None:
    book = starter_rulebook()
    for one in book.rules:
        said = say_rule(book, one)
        assert len(said.conditions) == len(one.when)
        assert all(part.zh and part.en and "{" not in part.en for part in (*said.conditions, *said.follow_ups))
        assert say_change(book, book, one.id) == ()


def test_a_rulebook_that_is_not_sound_yet_is_said_as_far_as_it_goes() -> None:
    whole = starter_rulebook()
    for file, name in (
        ("facts.yaml", "id: negotiation\n"),
        ("actions.yaml", "id: pay_in_full"),
        ("sources.yaml", "id: article"),
    ):
        files = {**starter_files(), file: starter_files()[file].replace(name, name.replace("id: ", "id: other_"))}
        broken, problems = read_sound_part(files)
        assert broken is not None
        assert problems
        for one in whole.rules:
            say_change(whole, broken, one.id)


ENTRY_CHANGES = [
    ("facts", "en: days overdue", "en: days late", ("name", "days overdue", "days late")),
    ("facts", "asked: core", "asked: first", ("when asked", "of everyone", "before all else")),
    ("facts", "range: 0..3650", "range: 0..400", ("range", "0 days to 3650 days", "0 days to 400 days")),
    ("actions", "minutes: 10", "minutes: 20", ("time to set aside", "10 minutes", "20 minutes")),
    ("actions", "order: 7", "order: 6", ("place in the order of safety", "7", "6")),
    ("sources", "checked: 2026-07-01", "checked: 2026-08-01", ("checked on", "2026-07-01", "2026-08-01")),
    ("sources", "{zh: 尽快还, en: Pay soon}", "{zh: 快还, en: Pay now}", ("what it says", "Pay soon", "Pay now")),
]
IDS = {"facts": "days_overdue", "actions": "pay", "sources": "article"}


@pytest.mark.parametrize(("kind", "old", "new", "said"), ENTRY_CHANGES)
def test_facts_actions_and_sources_say_what_changed(
    kind: str, old: str, new: str, said: tuple[str, str | None, str | None]
) -> None:
    files, file = small_files(), f"{kind}.yaml"
    after = load_rulebook({**files, file: files[file].replace(old, new, 1)})
    assert english(say_entry_change(load_rulebook(files), after, kind, IDS[kind])) == [said]


def test_what_time_does_to_a_fact_is_said() -> None:
    files = small_files()
    still = files["facts.yaml"].replace("  moves: falls\n  turns_into: days_overdue\n", "")
    after = load_rulebook({**files, "facts.yaml": still})
    assert english(say_entry_change(load_rulebook(files), after, "facts", "days_until_due")) == [
        ("as time passes", "falls by one with every day", None),
        ("turns, after zero, into", "days overdue", None),
    ]


def test_an_answer_that_is_new_is_said_with_its_word() -> None:
    files = small_files()
    more = files["facts.yaml"].replace("  - {word: leak,", "  - {word: insult, zh: 辱骂, en: insult}\n  - {word: leak,")
    after = load_rulebook({**files, "facts.yaml": more})
    changes = say_entry_change(load_rulebook(files), after, "facts", "conduct")
    assert english(changes) == [("answer `insult`", None, "insult")]


def test_kinds_that_hold_no_sentences_say_nothing_and_rules_say_what_they_say() -> None:
    old, new = book_of(PAY, GUARD), book_of(replace(PAY, advise="hold"), GUARD)
    assert say_entry_change(old, new, "cases", "pay") == ()
    assert say_entry_change(old, new, "rules", "pay") == say_change(old, new, "pay") != ()
