"""The whole answer to one situation, ready for JSON: steps with reasons and sources, what is open, what comes next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from services.rulebook import phrases
from services.rulebook.advice_texts import AdviceTexts, Json
from services.rulebook.decide import Decision
from services.rulebook.derive import contradicted
from services.rulebook.explain import WhyNot, why_not
from services.rulebook.forecast import Change, forecast
from services.rulebook.model import Rule, Situation, Text, Value
from services.rulebook.plan import Plan, PlannedFollowUp, Step, make_plan
from services.rulebook.questions import OpenFact, OpenRule, open_facts, open_rules
from services.rulebook.release import Release
from services.rulebook.wording import say_condition, say_value

DANGER_ORDER, SUPPORT_ORDER = 1, 2
"""A first step of this order of safety means danger to life, or that support comes before all else."""


def advise(release: Release, situation: Situation, as_of: date, language: str = "zh-CN") -> Json:
    """The body of `POST /v1/advice`. Parts of it are shared between answers: read it, do not change it."""
    decision = release.decide(situation, as_of)
    return describe(release, decision, make_plan(release.rulebook, decision), language)


def describe(release: Release, decision: Decision, plan: Plan, language: str) -> Json:
    """A decision and its plan in words."""
    texts = advice_texts(release, language)
    still_open = open_rules(release, decision)
    wanted = open_facts(release, decision, still_open)
    return {
        "steps": [_step(texts, decision, step) for step in plan.steps],
        "why_not": [_why_not(texts, reason) for reason in why_not(release, decision)],
        "undecided": [{**texts.actions[item.rule.id], "missing": list(item.missing)} for item in still_open],
        "unknowns": [_unknown(texts, item) for item in wanted],
        "next_question": _next_question(texts, wanted),
        "completeness": _completeness(texts, decision, still_open, wanted),
        "derived": _derived(texts, decision),
        "notes": _notes(texts, decision, plan),
        "safety": _safety(texts, plan),
        "forecast": [_forecast(texts, change) for change in forecast(release, decision)],
        "follow_ups": [_follow_up(texts, wish) for wish in plan.follow_ups],
        "disclaimer": texts.say(phrases.DISCLAIMER),
        "receipt": receipt(release, decision),
    }


def receipt(release: Release, decision: Decision) -> Json:
    """What is needed to reach the same decision again: the release, the stated facts (by hash) and the day."""
    return {
        "release": release.fingerprint,
        "facts_sha256": facts_sha256(decision.situation),
        "as_of": decision.as_of.isoformat(),
    }


def facts_sha256(situation: Situation) -> str:
    """The SHA-256 of the stated facts as canonical JSON, in hex."""
    return hashlib.sha256(canonical_facts(situation).encode()).hexdigest()


def canonical_facts(situation: Situation) -> str:
    """The stated facts as JSON: keys and set members sorted, no spaces, dates as ISO 8601; derived facts left out."""
    stated = {fact: plain(value) for fact, value in situation.values.items() if fact not in situation.derived}
    return json.dumps(stated, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain(value: Value) -> object:
    """A fact's value as JSON holds it."""
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=8)
def advice_texts(release: Release, language: str) -> AdviceTexts:
    """The texts of a release in one language, built at the first use."""
    return AdviceTexts(release.rulebook, language)


def _step(texts: AdviceTexts, decision: Decision, step: Step) -> Json:
    return {
        **texts.steps[step.rule.id],
        "due": step.due.isoformat() if step.due else None,
        "late": step.is_late,
        "facts": _facts_behind(texts, decision, step.rule),
        "also": [texts.also[rule.id] for rule in step.also],
    }


def _facts_behind(texts: AdviceTexts, decision: Decision, rule: Rule) -> list[Json]:
    """The person's own facts that made the rule apply."""
    values = decision.situation.values
    return [_fact(texts, c.fact, values[c.fact]) for c in rule.when if c.fact in values]


def _fact(texts: AdviceTexts, fact_id: str, value: Value) -> Json:
    shown = say_value(texts.rulebook.facts[fact_id], value, texts.language)
    return {"fact": fact_id, "label": texts.label(fact_id), "value": plain(value), "shown": shown}


def _why_not(texts: AdviceTexts, reason: WhyNot) -> Json:
    answer: Json = {**texts.actions[reason.rule.id], "fact": None, "saw": None, "needs": None, "instead": None}
    if reason.condition is not None and reason.saw is not None:
        fact = texts.rulebook.facts[reason.condition.fact]
        needs = say_condition(fact, reason.condition, texts.language)
        saw = say_value(fact, reason.saw, texts.language)
        text = _fill(texts, phrases.WHY_NOT_FACT, label=texts.label(fact.id), saw=saw, needs=needs)
        return answer | {
            "code": "fact_differs",
            "fact": fact.id,
            "saw": plain(reason.saw),
            "needs": needs,
            "text": text,
        }
    if reason.silenced_by is not None:
        text = _fill(texts, phrases.WHY_NOT_SILENCED, title=texts.say(reason.silenced_by.title))
        return answer | {"code": "steps_aside", "instead": reason.silenced_by.id, "text": text}
    return answer | {"code": "not_in_force", "text": texts.say(phrases.WHY_NOT_IN_FORCE)}


def _unknown(texts: AdviceTexts, item: OpenFact) -> Json:
    question = texts.questions[item.fact.id]
    return {
        "fact": item.fact.id,
        "label": question["label"],
        "question": question["question"],
        "could_lead_to": list(item.could_lead_to),
    }


def _next_question(texts: AdviceTexts, wanted: Sequence[OpenFact]) -> Json | None:
    if not wanted:
        return None
    return {**texts.questions[wanted[0].fact.id], "could_lead_to": list(wanted[0].could_lead_to)}


def _completeness(
    texts: AdviceTexts, decision: Decision, still_open: Sequence[OpenRule], wanted: Sequence[OpenFact]
) -> Json:
    """Final means: no answer that could still be given changes the plan. Declined facts may leave advice ungiven."""
    if wanted:
        text = _fill(texts, phrases.STILL_OPEN, count=len(still_open))
    elif decision.undecided_mask and decision.situation.declined:
        text = _fill(texts, phrases.DECLINED_LEFT, count=decision.undecided_mask.bit_count())
    else:
        text = phrases.ALL_KNOWN.in_language(texts.language)
    return {"is_final": not wanted, "open_rules": len(still_open), "text": text}


def _derived(texts: AdviceTexts, decision: Decision) -> list[Json]:
    situation = decision.situation
    return [
        {**_fact(texts, fact_id, situation.values[fact_id]), "from": list(inputs)}
        for fact_id, inputs in situation.derived.items()
    ]


def _notes(texts: AdviceTexts, decision: Decision, plan: Plan) -> list[Json]:
    notes: list[Json] = []
    for fact_id, computed in contradicted(decision.situation):
        fact = texts.rulebook.facts[fact_id]
        stated = say_value(fact, decision.situation.values[fact_id], texts.language)
        said = say_value(fact, computed, texts.language)
        text = _fill(texts, phrases.CONTRADICTION, label=texts.label(fact_id), stated=stated, computed=said)
        notes.append({"code": "contradiction", "fact": fact_id, "text": text})
    for step in plan.steps:
        if step.is_late:
            text = f"{texts.say(step.rule.title)}{texts.say(phrases.COLON)}{texts.say(phrases.LATE)}"
            notes.append({"code": "late", "rule": step.rule.id, "text": text})
    return notes


def _safety(texts: AdviceTexts, plan: Plan) -> Json:
    first = plan.steps[0] if plan.steps else None
    level = "ok"
    if first is not None and first.action.order <= SUPPORT_ORDER:
        level = "danger" if first.action.order == DANGER_ORDER else "support"
    text = texts.say(first.rule.title) if first is not None and level != "ok" else None
    return {"level": level, "text": text, "contacts": texts.contacts}


def _forecast(texts: AdviceTexts, change: Change) -> Json:
    moved = {fact: change.situation.values.get(fact) for fact in ("days_overdue", "days_until_due")}
    return {
        "in_days": change.in_days,
        "on": change.on.isoformat(),
        **moved,
        "added": [texts.actions[step.rule.id] for step in change.added],
        "removed": [texts.actions[step.rule.id] for step in change.removed],
        "changed": [texts.actions[step.rule.id] for step in change.changed],
        "text": _forecast_text(texts, change),
    }


def _forecast_text(texts: AdviceTexts, change: Change) -> str:
    start = _fill(texts, phrases.FORECAST, on=change.on.isoformat(), days=change.in_days)
    clauses = [
        _fill(texts, phrase, titles=_titles(texts, steps))
        for phrase, steps in (
            (phrases.FORECAST_ADDED, change.added),
            (phrases.FORECAST_REMOVED, change.removed),
            (phrases.FORECAST_CHANGED, change.changed),
        )
        if steps
    ]
    said = phrases.CLAUSE_SEPARATOR.in_language(texts.language).join(clauses)
    return f"{start}{texts.say(phrases.COLON)}{said}{texts.say(phrases.SENTENCE_END)}"


def _titles(texts: AdviceTexts, steps: Sequence[Step]) -> str:
    return phrases.LIST_SEPARATOR.in_language(texts.language).join(texts.action_title(step.action.id) for step in steps)


def _follow_up(texts: AdviceTexts, wish: PlannedFollowUp) -> Mapping[str, object]:
    return {
        "on": wish.on.isoformat(),
        "hour": wish.hour,
        "ask": wish.ask,
        "question": texts.questions[wish.ask]["question"],
        "say": texts.say(wish.say),
        "rule": wish.rule.id,
    }


def _fill(texts: AdviceTexts, phrase: Text, **words: object) -> str:
    return phrase.in_language(texts.language).format(**words)
