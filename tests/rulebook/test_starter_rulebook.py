"""The starter rulebook: its vocabulary, its cases, and what every one of its texts and sources has to keep to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from services.rulebook.cases import find_failures
from services.rulebook.load import find_problems
from services.rulebook.model import Confidence, Fact, Kind, SourceKind
from services.rulebook.plan import make_plan
from services.rulebook.situation import read_situation
from tests.rulebook.starter import says_of_rule, starter_files, starter_release, starter_rulebook, texts_of

TODAY = date(2026, 11, 24)
MONEY = (0, 10**12)

ONE_OF = {
    "safety_state": "ok distressed self_harm_risk in_danger",
    "age_group": "adult student elderly minor",
    "product": "jiebei huabei wangshangdai other_licensed bank_credit_card private_person illegal_lender unknown",
    "debt_status": "agreed amount_disputed not_mine unsure",
    "income_outlook": "stable irregular resuming_by_date stopped stopped_unfit",
    "ability_to_pay": "full_now full_within_30d partial none",
    "borrowing_plan": "none family_friends another_loan high_cost",
    "hardship_reason": "none job_loss illness disaster business family other",
    "hardship_proof": "none real offered_fake",
    "negotiation": "not_started waiting refused partial_offer agreed broken",
    "promise_status": "none on_track due_soon missed completed",
    "records_kept": "none some complete",
    "mediation": "none applied invited in_progress agreed confirmed failed",
    "legal_doc": "none lawyer_letter payment_order summons judgment enforcement",
    "agent": "none approached paid gave_credentials",
    "complaint": "none to_lender to_regulator answered",
    "credit_report": "not_checked clean overdue_recorded error_found",
}
YES_NO = (
    "lender_verified collector_verified contact_current channel_agreed night_contact gambling agreement_written "
    "agreement_affordable legal_doc_verified small_claims living_money_frozen"
)
CONDUCT = (
    "insult threat violence intrusion impersonation third_party public_posting leak extra_fee private_account "
    "induce_borrowing"
)
NUMBERS = {
    "days_overdue": (0, 3650),
    "days_until_due": (0, 60),
    "lenders_count": (1, 50),
    "missed_calls_7d": (0, 1000),
    "calls_max_per_day": (0, 1000),
    "calls_answered_max_per_day": (0, 1000),
    "days_waiting": (0, 3650),
    "days_since_doc": (0, 3650),
    "years_since_ack": (0, 20),
    "annual_cost_pct": (0, 1000),
    "amount_due_fen": MONEY,
    "total_balance_fen": MONEY,
    "cash_available_fen": MONEY,
    "net_income_fen": MONEY,
    "essential_costs_fen": MONEY,
    "priority_payments_fen": MONEY,
    "other_debt_payments_fen": MONEY,
}
NEVER_TOGETHER = {
    frozenset(pair)
    for action, others in {
        "hold_payment": ("pay_in_full", "pay_part", "propose_plan"),
        "pay_in_full": ("pay_part", "propose_plan", "ask_for_deferral", "apply_mediation"),
        "check_limitation_first": ("pay_part", "propose_plan"),
        "wait_for_reply": ("second_request",),
    }.items()
    for pair in ((action, other) for other in others)
}
SHAMING = ("老赖", "欠款人", "deadbeat", "defaulter")
NOT_ON_A_LOCKED_SCREEN = {
    "zh": ("债", "欠", "还款", "催收", "法院", "钱", "元", "贷", "起诉", "逾期", "征信"),
    "en": ("debt", "loan", "owe", "court", "collect", "money", "lend", "overdue", "credit", "yuan", "repay"),
}


def test_the_folder_loads_without_an_error_or_a_warning() -> None:
    assert [problem.line("en") for problem in find_problems(starter_files(), TODAY)] == []


def test_every_case_is_answered_as_its_author_expects() -> None:
    assert [problem.line("en") for problem in find_failures(starter_release(), TODAY)] == []


@pytest.mark.parametrize("fact_id", ONE_OF)
def test_a_one_word_fact_has_the_words_of_the_contract(fact_id: str) -> None:
    words = set(starter_rulebook().facts[fact_id].words) | ({"unknown"} if fact_id == "product" else set())
    assert words == set(ONE_OF[fact_id].split())


def test_conduct_has_the_words_of_the_contract() -> None:
    fact = starter_rulebook().facts["conduct"]
    assert fact.kind is Kind.SOME_OF
    assert set(fact.words) == set(CONDUCT.split())


@pytest.mark.parametrize("fact_id", YES_NO.split())
def test_a_yes_no_fact_is_a_yes_no_fact(fact_id: str) -> None:
    assert starter_rulebook().facts[fact_id].kind is Kind.YES_NO


@pytest.mark.parametrize("fact_id", NUMBERS)
def test_a_number_has_the_range_of_the_contract(fact_id: str) -> None:
    fact = starter_rulebook().facts[fact_id]
    assert fact.kind is (Kind.MONEY if fact_id.endswith("_fen") else Kind.WHOLE)
    assert (fact.minimum, fact.maximum) == NUMBERS[fact_id]


def test_the_monthly_surplus_may_be_negative_and_is_never_asked() -> None:
    fact = starter_rulebook().facts["monthly_surplus_fen"]
    assert (fact.minimum < 0, fact.asked.value) == (True, "never")


def test_actions_that_contradict_each_other_are_the_ones_of_the_contract() -> None:
    assert starter_rulebook().never_together == NEVER_TOGETHER


def test_every_action_is_advised_by_some_rule() -> None:
    rulebook = starter_rulebook()
    assert set(rulebook.actions) == {rule.advise for rule in rulebook.rules}


def test_every_rule_speaks_in_one_case_and_is_silent_in_another() -> None:
    rulebook = starter_rulebook()
    fires = {rule for case in rulebook.cases for rule in case.fires}
    silent = {rule for case in rulebook.cases for rule in case.silent}
    always = {rule.id for rule in rulebook.rules if rule.is_fallback}
    assert {rule.id for rule in rulebook.rules} - fires == set()
    assert {rule.id for rule in rulebook.rules} - silent - always == set()


def test_both_sides_of_every_bound_are_in_the_cases() -> None:
    assert [bound for bound in _bounds() if bound not in _bounds_in_cases()] == []


def test_the_twelve_personas_are_among_the_cases() -> None:
    places = [case.place.file for case in starter_rulebook().cases]
    assert sum(file.endswith("cases/personas.yaml") for file in places) == 12


def test_no_text_shouts_or_shames() -> None:
    loud = [where for where, text in texts_of(starter_rulebook()) if re.search("[!！]", text.zh + text.en)]
    rude = [where for where, text in texts_of(starter_rulebook()) if any(word in text.zh + text.en for word in SHAMING)]
    familiar = [where for where, text in texts_of(starter_rulebook()) if "你" in text.zh]
    assert (loud, rude, familiar) == ([], [], [])


def test_no_text_asks_for_credentials() -> None:
    asking = re.compile("请(提供|输入|发送|告诉我们).{0,6}(身份证|卡号|密码|验证码)")
    assert [where for where, text in texts_of(starter_rulebook()) if asking.search(text.zh)] == []


def test_every_follow_up_is_safe_on_a_locked_screen() -> None:
    rules = starter_rulebook().rules
    assert [rule.id for rule in rules if len(list(says_of_rule(rule))) != len(rule.follow_up)] == []
    telling = [
        (rule.id, word)
        for rule in rules
        for say in says_of_rule(rule)
        for language, words in NOT_ON_A_LOCKED_SCREEN.items()
        for word in words
        if word in say.in_language(language).lower()
    ]
    assert telling == []


def test_articles_are_cited_only_where_the_text_was_read() -> None:
    rulebook = starter_rulebook()
    cited = [
        (rule.id, ref.id)
        for rule in rulebook.rules
        for ref in rule.sources
        if ref.part.isdigit()
        and rulebook.sources[ref.id].kind is not SourceKind.OFFICIAL_CHANNEL
        and rulebook.sources[ref.id].confidence is not Confidence.TEXT_READ
    ]
    assert cited == []


def test_hearsay_alone_carries_no_rule() -> None:
    rulebook = starter_rulebook()
    hearsay = [
        rule.id
        for rule in rulebook.rules
        if all(rulebook.sources[ref.id].kind is SourceKind.USER_REPORT for ref in rule.sources)
    ]
    assert hearsay == []


@pytest.mark.parametrize("safety", ["self_harm_risk", "in_danger"])
def test_a_plan_never_speaks_of_paying_in_a_crisis(safety: str) -> None:
    release = starter_release()
    for case in release.rulebook.cases:
        given = {**case.given, "safety_state": safety}
        plan = make_plan(release.rulebook, release.decide(read_situation(release.rulebook, given), TODAY))
        actions = {step.action.id for step in plan.steps}
        assert not actions & {"pay_in_full", "pay_part", "propose_plan", "contact_lender", "apply_mediation"}, case.name


def _bounds() -> Iterator[tuple[str, str, int, bool]]:
    """Rule, fact, value and whether the value is inside, for both sides of each bound that a fact's range leaves."""
    rulebook = starter_rulebook()
    for rule in rulebook.rules:
        for condition in rule.when:
            fact = rulebook.facts[condition.fact]
            for span in condition.spans:
                yield from ((rule.id, fact.id, value, True) for value in (span.low, span.high) if _is_cut(fact, value))
                yield from (
                    (rule.id, fact.id, value, False)
                    for value in (span.low - 1, span.high + 1)
                    if fact.minimum <= value <= fact.maximum
                )


def _is_cut(fact: Fact, value: int) -> bool:
    return fact.minimum < value < fact.maximum


def _bounds_in_cases() -> set[tuple[str, str, int, bool]]:
    release = starter_release()
    found = set()
    for case in release.rulebook.cases:
        values = release.decide(read_situation(release.rulebook, dict(case.given)), TODAY).situation.values
        for rules, is_inside in ((case.fires, True), (case.silent, False)):
            found |= {
                (rule, fact, value, is_inside)
                for rule in rules
                for fact, value in values.items()
                if isinstance(value, int) and not isinstance(value, bool)
            }
    return found
