"""Which page comes next: safety first, one question at a time, a first step early, the list after at most twelve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from services.advisor.pages.answers import Answers
from services.rulebook.decide import Decision
from services.rulebook.model import Fact, Situation
from services.rulebook.plan import Plan, make_plan
from services.rulebook.problems import SituationError
from services.rulebook.questions import open_facts, open_rules
from services.rulebook.release import Release
from services.rulebook.situation import read_situation

QUESTIONS_TO_FIRST_STEP = 4
MOST_QUESTIONS = 12
CALM_ORDER = 2
"""A first step of this order of safety or before gets a calm page of its own."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an interview stands: the decision so far, its plan and the questions that can still change it."""

    answers: Answers
    decision: Decision
    plan: Plan
    questions: tuple[Fact, ...]

    @property
    def needs_calm(self) -> bool:
        return bool(self.plan.steps) and self.plan.steps[0].action.order <= CALM_ORDER

    @property
    def questions_left(self) -> int:
        """How many questions will be asked at most before the list is shown."""
        return max(0, min(MOST_QUESTIONS - len(self.answers.order), len(self.questions)))

    def next_page(self) -> tuple[str, dict[str, str]]:
        """The endpoint to go to now, and its arguments."""
        if self.needs_calm and "safe" not in self.answers.seen:
            return "pages.safe", {}
        if not self.questions_left:
            return ("pages.plan", {}) if "plan" in self.answers.seen else ("pages.check", {})
        if len(self.answers.order) >= QUESTIONS_TO_FIRST_STEP and "first" not in self.answers.seen:
            return "pages.first_step", {}
        return "pages.question", {"fact_id": self.questions[0].id}


def stand(release: Release, answers: Answers, as_of: date) -> Standing:
    """Where these answers lead with the rulebook in force. Answers that no longer fit it are dropped and asked anew."""
    fitting = fitting_answers(release, answers)
    decision = release.decide(situation_of(release, fitting), as_of)
    questions = tuple(item.fact for item in open_facts(release, decision, open_rules(release, decision)))
    return Standing(fitting, decision, make_plan(release.rulebook, decision), questions)


def situation_of(release: Release, answers: Answers) -> Situation:
    """The answers as a situation. Raises SituationError if they do not fit the rulebook in force."""
    declined = [name for name in answers.declined if name in release.rulebook.facts]
    return read_situation(release.rulebook, dict(answers.facts), declined)


def fitting_answers(release: Release, answers: Answers) -> Answers:
    """Without the answers that the rulebook in force does not understand or that contradict each other."""
    known = {name: value for name, value in answers.facts.items() if name in release.rulebook.facts}
    fitting = replace(answers, facts=known)
    while fitting.facts:
        try:
            situation_of(release, fitting)
        except SituationError as error:
            named = [name for name in fitting.facts if any(f"/facts/{name}" in p.pointer for p in error.problems)]
            for name in named or fitting.facts:
                fitting = fitting.without(name, is_declined=False)
        else:
            break
    return fitting
