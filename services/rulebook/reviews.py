"""What has grown old on a given day: rules and sources whose review is overdue, rules that have expired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.rulebook.model import Rulebook, Text
from services.rulebook.problems import Problem


def review_problems(rulebook: Rulebook, today: date) -> Iterator[Problem]:
    """Warnings for what is due; an error for an expired rule, and for a rule that rests on an unreviewed source."""
    overdue = {source.id for source in rulebook.sources.values() if source.review_by and source.review_by < today}
    for source_id in sorted(overdue):
        source = rulebook.sources[source_id]
        detail = Text(f"来源 `{source_id}` 已过核对日期。", f"The review of the source `{source_id}` is overdue.")
        yield Problem("source_review_overdue", detail, source.place, read=str(source.review_by), is_warning=True)
    for rule in rulebook.rules:
        if rule.valid_until is not None and rule.valid_until < today:
            detail = Text("这条规则已经过期，不再给出建议。", "This rule has expired and advises nothing any more.")
            yield Problem("rule_expired", detail, rule.place, rule=rule.id, read=str(rule.valid_until))
        if rule.review_by < today:
            detail = Text("这条规则已过复核日期。", "The review of this rule is overdue.")
            yield Problem("rule_review_overdue", detail, rule.place, rule=rule.id, read=str(rule.review_by))
        for ref in rule.sources:
            if ref.id in overdue:
                detail = Text(
                    f"它所依据的来源 `{ref.id}` 已过核对日期。",
                    f"It rests on the source `{ref.id}`, whose review is overdue.",
                )
                yield Problem("source_unreviewed", detail, ref.place, rule=rule.id, read=ref.id)
