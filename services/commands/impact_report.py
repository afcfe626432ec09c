"""For whom the advice changes between two rulebooks, as lines: each change with who it concerns and an example."""

from __future__ import annotations

from collections.abc import Iterator

from services.rulebook.impact import Impact, StepChange
from services.rulebook.model import Text
from services.rulebook.walk import Count

NOBODY = Text("没有人得到的步骤会变。", "Nobody's steps change.")
CHANGED = Text("{changed} 种情况的步骤会变(共 {regions} 种)。", "Steps change in {changed} of {regions} situations.")
WHERE = Text("  适用于：{box}", "  where {box}")
EXAMPLE = Text("  例如：{example}", "  for example: {example}")
REWORDED = Text("措辞、依据或日期变了的规则：{rules}。", "Rules whose words, grounds or dates change: {rules}.")
UNDECIDED = Text("情况太多，没有查完：{text}", "Too many situations to look at: {text}")


def impact_lines(impact: Impact, language: str) -> Iterator[str]:
    """The worst changes first."""
    if impact.changes:
        changed, regions = _count(impact.changed), f"{impact.regions:.3g}"
        yield CHANGED.in_language(language).format(changed=changed, regions=regions)
    elif not impact.undecided:
        yield NOBODY.in_language(language)
    for change in impact.changes:
        yield from _change(change, language)
    for text in impact.undecided:
        yield UNDECIDED.in_language(language).format(text=text.in_language(language))
    if impact.reworded:
        yield REWORDED.in_language(language).format(rules=", ".join(impact.reworded))


def _change(change: StepChange, language: str) -> Iterator[str]:
    yield f"- {change.text.in_language(language)}"
    for box in change.where:
        yield WHERE.in_language(language).format(box=box.in_language(language))
    yield EXAMPLE.in_language(language).format(example=change.example_said.in_language(language))


def _count(count: Count) -> str:
    return f"{count.low:.3g}" if count.is_exact else f"{count.low:.3g}..{count.high:.3g}"
