"""Runs the cases of a rulebook: each example situation must be answered as its author expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from services.rulebook.decide import Decision
from services.rulebook.model import Case, Rulebook, Text
from services.rulebook.plan import make_plan
from services.rulebook.problems import Problem, SituationError
from services.rulebook.questions import open_facts, open_rules
from services.rulebook.release import Release
from services.rulebook.situation import read_situation


def find_failures(release: Release, today: date) -> tuple[Problem, ...]:
    """What the cases of the release's rulebook expect and do not get; `today` stands in where a case names no day."""
    return tuple(problem for case in release.rulebook.cases for problem in case_failures(release, case, today))


def case_failures(release: Release, case: Case, today: date) -> Iterator[Problem]:
    try:
        situation = read_situation(release.rulebook, dict(case.given))
    except SituationError as error:
        yield from (replace(problem, place=case.place, rule=case.name) for problem in error.problems)
        return
    decision = release.decide(situation, case.as_of or today)
    yield from decision_failures(release.rulebook, case, decision)
    if case.ask:
        asked = next((item.fact.id for item in open_facts(release, decision, open_rules(release, decision))), "-")
        if asked != case.ask:
            yield _failure(case, "other_question", OTHER_QUESTION, case.ask, asked)


def decision_failures(rulebook: Rulebook, case: Case, decision: Decision) -> Iterator[Problem]:
    """What the case expects of the steps and of the rules that speak, and does not get."""
    actions = [step.action.id for step in make_plan(rulebook, decision).steps]
    speaking = {rule.id for rule in decision.speaking}
    yield from _absent(case, "missing_action", MISSING_ACTION, case.expect, actions)
    yield from _present(case, "unwanted_action", UNWANTED_ACTION, case.never, actions)
    yield from _absent(case, "silent_rule", SILENT_RULE, case.fires, speaking)
    yield from _present(case, "speaking_rule", SPEAKING_RULE, case.silent, speaking)
    if case.first and actions[:1] and actions[0] not in case.first:
        yield _failure(case, "other_first_step", OTHER_FIRST, " / ".join(case.first), actions[0])


def _absent(case: Case, code: str, said: Text, wanted: Iterable[str], got: Iterable[str]) -> Iterator[Problem]:
    yield from (_failure(case, code, said, word, ", ".join(got)) for word in wanted if word not in got)


def _present(case: Case, code: str, said: Text, unwanted: Iterable[str], got: Iterable[str]) -> Iterator[Problem]:
    yield from (_failure(case, code, said, word, ", ".join(got)) for word in unwanted if word in got)


def _failure(case: Case, code: str, said: Text, wanted: str, got: str) -> Problem:
    detail = Text(said.zh.format(wanted=wanted, got=got), said.en.format(wanted=wanted, got=got))
    return Problem(code, detail, place=case.place, rule=case.name, read=got)


MISSING_ACTION = Text("应该建议 `{wanted}`，得到的是：{got}。", "`{wanted}` should be advised; what is advised: {got}.")
UNWANTED_ACTION = Text(
    "不应该建议 `{wanted}`，得到的是：{got}。", "`{wanted}` should not be advised; advised are: {got}."
)
SILENT_RULE = Text("规则 `{wanted}` 应该生效，但没有。", "The rule `{wanted}` should speak and does not.")
SPEAKING_RULE = Text("规则 `{wanted}` 不应该生效，却生效了。", "The rule `{wanted}` should be silent and speaks.")
OTHER_FIRST = Text("第一步应该是 {wanted}，得到的是 {got}。", "The first step should be {wanted}, and it is {got}.")
OTHER_QUESTION = Text("接下来应该问 {wanted}，问的却是 {got}。", "{wanted} should be asked next, and {got} is.")
