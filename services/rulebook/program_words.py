"""Facts and words that the program itself works with, beside the rules: events set them, sums are made of them.

A rulebook that calls them otherwise is sound, but events then have nothing to set. Tests hold the list to the code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.rulebook.findings import filled
from services.rulebook.model import Rulebook, Text
from services.rulebook.problems import Problem

PROGRAM_FACTS = frozenset({
    "ability_to_pay", "agent", "agreement_affordable", "agreement_written", "amount_due_fen", "answer_by_on",
    "calls_answered_max_per_day", "calls_max_per_day", "cash_available_fen", "channel_agreed", "collector_verified",
    "complaint", "conduct", "contact_current", "credit_report", "days_overdue", "days_since_doc", "days_until_due",
    "days_waiting", "essential_costs_fen", "hearing_on", "income_outlook", "income_resumes_on", "instalment_fen",
    "legal_doc", "legal_doc_verified", "mediation", "mediation_session_on", "missed_calls_7d", "monthly_surplus_fen",
    "negotiation", "net_income_fen", "next_instalment_on", "next_payday_on", "night_contact",
    "other_debt_payments_fen", "perform_by_on", "priority_payments_fen", "promise_status", "records_kept",
    "safety_state", "small_claims", "total_balance_fen",
})  # fmt: skip
PROGRAM_WORDS: Mapping[str, frozenset[str]] = {
    fact: frozenset(words.split())
    for fact, words in {
        "ability_to_pay": "full_now full_within_30d partial none",
        "agent": "approached none",
        "complaint": "answered to_lender to_regulator",
        "income_outlook": "stable resuming_by_date",
        "legal_doc": "none",
        "mediation": "none agreed applied confirmed failed in_progress invited",
        "negotiation": "not_started agreed broken partial_offer refused waiting",
        "promise_status": "completed due_soon missed on_track",
        "records_kept": "some",
        "safety_state": "distressed self_harm_risk",
    }.items()
}


def find_lost_words(old: Rulebook, new: Rulebook) -> Iterator[Problem]:
    """A warning for each of these names that the old rulebook knows and the new one does not."""
    for fact in sorted(PROGRAM_FACTS & old.facts.keys()):
        if fact not in new.facts:
            yield Problem("program_word_gone", filled(_FACT_GONE, fact=fact), rule=fact, is_warning=True)
            continue
        for word in sorted(PROGRAM_WORDS.get(fact, frozenset()) & set(old.facts[fact].words)):
            if word not in new.facts[fact].words:
                detail = filled(_WORD_GONE, fact=fact, word=word)
                yield Problem("program_word_gone", detail, place=new.facts[fact].place, rule=fact, is_warning=True)


_FACT_GONE = Text(
    "程序靠 `{fact}` 这个名字记录事件、计算金额；没有它，跟进中的个案就记不下这件事。只换说法的话，请改名称和问题。",
    "The program records events and makes sums under the name `{fact}`; without it, followed cases lose that fact. "
    "To say it otherwise, change its label and its question.",
)
_WORD_GONE = Text(
    "事件会把 `{fact}` 记为 `{word}`；没有这个词，这样的事件就什么也不改变。只想换说法的话，请改它的文字。",
    "Events set `{fact}` to `{word}`; without that word they change nothing. To say it otherwise, change its label.",
)
