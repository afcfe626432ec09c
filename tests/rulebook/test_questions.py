"""What is asked next, and when no question is left."""

from __future__ import annotations

from services.rulebook.model import Asked, Condition, ImpossibleFacts, Rulebook, Situation, Urgency
from services.rulebook.questions import open_facts, open_rules
from services.rulebook.release import Release
from tests.rulebook.making import TODAY, among, between, number, one_of, rule, rulebook, text, yes_no

FACTS = (
    one_of("safety_state", "ok", "in_danger", asked=Asked.FIRST),
    number("days", asked=Asked.CORE),
    one_of("negotiation", "not_started", "refused", asked=Asked.CORE),
    yes_no("written"),
)
GUARD = rule("hold", among("safety_state", "in_danger"))
CALL = rule("call", between("days", 1, 90), among("negotiation", "not_started"))


def questions(book: Rulebook, declined: tuple[str, ...] = (), **values: object) -> list[str]:
    release = Release.build(book)
    decision = release.decide(Situation(values, frozenset(declined)), TODAY)  # type: ignore[arg-type]
    asked = [item.fact.id for item in open_facts(release, decision, open_rules(release, decision))]
    release.close()
    return asked


def test_safety_is_asked_before_all_else() -> None:
    assert questions(rulebook(FACTS, [CALL, GUARD]))[0] == "safety_state"


def test_only_facts_that_an_undecided_rule_lacks_are_asked() -> None:
    assert questions(rulebook(FACTS, [CALL]), days=5) == ["negotiation"]


def test_nothing_is_asked_when_no_rule_is_open() -> None:
    assert questions(rulebook(FACTS, [CALL]), days=91) == []


def test_a_rule_that_a_matching_rule_silences_raises_no_question() -> None:
    silenced = rule("pay", among("negotiation", "refused"), yields_to=["hold"])
    assert questions(rulebook(FACTS, [GUARD, silenced]), safety_state="in_danger") == []


def test_an_answer_that_could_silence_a_step_is_asked_for() -> None:
    pay = rule("pay", between("days", 1, 90), yields_to=["hold"])
    assert questions(rulebook(FACTS, [GUARD, pay]), days=5) == ["safety_state"]


def test_a_rule_that_its_rival_always_outshouts_raises_no_question() -> None:
    loud = rule("loud", among("negotiation", "refused"))
    quiet = rule("quiet", among("negotiation", "refused"), yields_to=["loud"])
    book = rulebook(FACTS, [loud, quiet])
    release = Release.build(book)
    decision = release.decide(Situation({}), TODAY)
    assert [item.rule.id for item in open_rules(release, decision)] == ["loud"]
    release.close()


def test_a_step_that_rests_on_not_knowing_is_worth_a_question() -> None:
    assert questions(rulebook(FACTS, [rule("check", Condition("written", or_unknown=True))])) == ["written"]


def test_a_declined_fact_is_not_asked_again() -> None:
    assert questions(rulebook(FACTS, [CALL]), declined=("negotiation",), days=5) == []


def test_answers_that_cannot_be_true_together_open_nothing() -> None:
    never = ImpossibleFacts((among("written", "yes"), among("negotiation", "not_started")), text("no"))
    thanks = rule("thank", among("written", "yes"))
    assert questions(rulebook(FACTS, [thanks], impossible=(never,)), negotiation="not_started") == []


def test_the_question_that_can_do_most_comes_first() -> None:
    rules = [
        rule("small", among("negotiation", "refused"), urgency=Urgency.KEEP_DOING),
        rule("large", between("days", 1, 90), urgency=Urgency.NOW),
    ]
    assert questions(rulebook(FACTS, rules)) == ["days", "negotiation"]
