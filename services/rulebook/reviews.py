"""What does not hold on a given day: overdue reviews, expired rules, sources that are not in force yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.rulebook.model import Rule, Rulebook, Source, Text
from services.rulebook.problems import Problem


def review_problems(rulebook: Rulebook, today: date) -> Iterator[Problem]:
    """Errors for rules that are expired, or overdue, or rest on a source that is; the source itself gets a warning."""
    for source in rulebook.sources.values():
        yield from _of_source(source, today)
    for rule in rulebook.rules:
        yield from _of_rule(rule, today)
        yield from _of_grounds(rule, rulebook, today)


def _of_source(source: Source, today: date) -> Iterator[Problem]:
    if _is_overdue(source, today):
        detail = Text(f"来源 `{source.id}` 已过核对日期。", f"The review of the source `{source.id}` is overdue.")
        yield Problem("source_review_overdue", detail, source.place, read=str(source.review_by), is_warning=True)
    if source.checked is not None and source.checked > today:
        yield Problem("checked_in_future", _CHECKED_IN_FUTURE, source.place, read=str(source.checked))


def _of_rule(rule: Rule, today: date) -> Iterator[Problem]:
    if rule.valid_until is not None and rule.valid_until < today:
        yield Problem("rule_expired", _EXPIRED, rule.place, rule=rule.id, read=str(rule.valid_until))
    if rule.review_by < today:
        yield Problem("rule_review_overdue", _OVERDUE, rule.place, rule=rule.id, read=str(rule.review_by))


def _of_grounds(rule: Rule, rulebook: Rulebook, today: date) -> Iterator[Problem]:
    for ref in rule.sources:
        source = rulebook.sources.get(ref.id)
        if source is None:
            continue
        if _is_overdue(source, today):
            detail = Text(
                f"它所依据的来源 `{ref.id}` 已过核对日期。",
                f"It rests on the source `{ref.id}`, whose review is overdue.",
            )
            yield Problem("source_unreviewed", detail, ref.place, rule=rule.id, read=ref.id)
        if source.in_force is not None and source.in_force > max(today, rule.valid_from):
            start = source.in_force
            detail = Text(
                f"它所依据的来源 `{ref.id}` 到 {start} 才生效。",
                f"It rests on the source `{ref.id}`, which is not in force before {start}.",
            )
            yield Problem("source_not_in_force", detail, ref.place, rule=rule.id, read=str(start))


def _is_overdue(source: Source, today: date) -> bool:
    return source.review_by is not None and source.review_by < today


_EXPIRED = Text("这条规则已经过期，不再给出建议。", "This rule has expired and advises nothing any more.")
_OVERDUE = Text("这条规则已过复核日期。", "The review of this rule is overdue.")
_CHECKED_IN_FUTURE = Text("`checked` 是还没到的日子。", "`checked` is a day that has not come yet.")
