"""The answers of validate, test and preview; used to document them, and in tests to check real answers."""

from __future__ import annotations

from marshmallow import fields

from services.advisor.schemas.answer_part import AnswerPart, parts, string, whole, words
from services.advisor.schemas.batch_answer import ProblemSchema
from services.advisor.schemas.case_answer import word_of
from services.advisor.schemas.draft_answer import BaseSchema, SaidSchema, sentence
from services.rulebook.findings import Severity
from services.rulebook.meetings import Change


def yes_no(description: str = "") -> fields.Boolean:
    return fields.Boolean(required=True, metadata={"description": description} if description else {})


class FindingSchema(AnswerPart):
    """One thing that was found."""

    code = string("A stable word.")
    severity = word_of(Severity)
    file = string("As `files` of the draft names it.", can_be_null=True)
    line = whole("Counted from 1.", can_be_null=True)
    rules = words("The rules, or the case, that it is about.")
    said = sentence()
    example = fields.Dict(
        required=True, allow_none=True, metadata={"description": "A person in whom it shows, as facts."}
    )
    example_said = sentence(can_be_null=True)
    where = parts(SaidSchema, "The situations concerned, in boxes.")


class CountSchema(AnswerPart):
    """A number of situations, as digits: exact if both bounds are the same."""

    low = string()
    high = string()
    is_exact = yes_no()


class FindingCountsSchema(AnswerPart):
    error = whole()
    warning = whole()
    note = whole()


class ProvedSchema(AnswerPart):
    """What holds for all situations; nothing of it is a sample."""

    situations = string("All that the rules can tell apart, as digits: more than a JSON number holds.")
    only_fallback = fields.Nested(CountSchema, required=True)
    always_a_next_step = yes_no()
    questions_answered = whole("Each by an example or by a proof.")
    undecided = parts(SaidSchema, "What was too large to be answered; each is an error as well.")
    engines_agree = yes_no()
    situations_compared = whole()


class ValidationSchema(AnswerPart):
    """Everything that is wrong with a draft, errors first."""

    version = whole()
    fingerprint = string()
    may_be_published = yes_no()
    counts = fields.Nested(FindingCountsSchema, required=True)
    findings = parts(FindingSchema)
    proved = fields.Nested(
        ProvedSchema, required=True, allow_none=True, metadata={"description": "null while the rules cannot be read."}
    )
    refused = sentence(can_be_null=True)
    seconds = fields.Float(required=True)


class CasesTriedSchema(AnswerPart):
    """The example cases that stand beside the rules."""

    total = whole()
    passed = whole()
    failed = whole()
    failures = parts(FindingSchema)


class CoverageSchema(AnswerPart):
    """What the cases try out."""

    rules = whole()
    rules_that_speak = whole("In some case.")
    rules_just_missed = whole("By one condition, in some case.")
    bounds = whole("Numbers at which some condition changes.")
    bounds_tried = whole("With a case on either side.")


class MissingCaseSchema(AnswerPart):
    """A case that would notice it."""

    given = fields.Dict(required=True)
    said = sentence()
    text = string("YAML, to be added to a file of cases.")


class UnnoticedSchema(AnswerPart):
    """A small change of a rule that no case would notice."""

    rule = string()
    fact = string()
    said = sentence()
    case = fields.Nested(MissingCaseSchema, required=True, allow_none=True)


class SmallChangesSchema(AnswerPart):
    """Every bound shifted by one, every value and every condition dropped; changes without any effect left out."""

    tried = whole()
    noticed = whole()
    score = fields.Float(required=True)
    unnoticed = parts(UnnoticedSchema)


class TrialSchema(AnswerPart):
    """The cases, and how closely they watch the rules."""

    version = whole()
    fingerprint = string()
    is_readable = yes_no()
    cases = fields.Nested(CasesTriedSchema, required=True)
    coverage = fields.Nested(CoverageSchema, required=True, allow_none=True)
    small_changes = fields.Nested(SmallChangesSchema, required=True, allow_none=True)
    refused = sentence(can_be_null=True)
    seconds = fields.Float(required=True)


class StepChangeSchema(AnswerPart):
    """One step that changes in one way, and for whom."""

    action = string()
    change = word_of(Change)
    said = sentence()
    rules_before = words()
    rules_after = words()
    situations = fields.Nested(CountSchema, required=True)
    where = parts(SaidSchema, "In boxes, which may overlap.")
    is_all = yes_no("Whether the boxes hold all of them.")
    example = fields.Dict(required=True)
    example_said = sentence()


class NotProvedSchema(ProblemSchema):
    """`findings` stand in the way (`not_proved`); `losses` say who would be worse off (`takes_away`)."""

    findings = fields.List(fields.Nested(FindingSchema))
    losses = fields.List(fields.Nested(StepChangeSchema))


class SituationsSchema(AnswerPart):
    """All situations whose advice changes, the worst changes first."""

    total = string("As digits.")
    changed = fields.Nested(CountSchema, required=True)
    gets_less_urgent = yes_no("Whether anybody loses a step or is told to take one later.")
    actions_lost = words()
    actions_gained = words()
    changes = parts(StepChangeSchema)
    reworded = words("Rules whose words, sources or dates change.")
    undecided = parts(SaidSchema)


class RecordedChangeSchema(AnswerPart):
    """What changes for one case; the ids are of actions."""

    case = string()
    lost = words()
    gained = words()
    less_urgent = words()
    more_urgent = words()
    other = words()


class RecordedCasesSchema(AnswerPart):
    """The cases that are followed, each as it was decided last."""

    total = whole()
    changed = whole()
    lose_a_step = whole()
    gain_a_step = whole()
    less_urgent = whole()
    more_urgent = whole()
    unreadable = whole("Whose facts the new rules have no words for.")
    cases = parts(RecordedChangeSchema, "The worst first, at most 1,000.")
    more = yes_no("There are more than `cases` lists.")


class PreviewSchema(AnswerPart):
    """Whose advice the draft would change."""

    version = whole()
    base = fields.Nested(BaseSchema, required=True)
    situations = fields.Nested(SituationsSchema, required=True)
    recorded = fields.Nested(RecordedCasesSchema, required=True)
    seconds = fields.Float(required=True)
