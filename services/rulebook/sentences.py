"""Says a situation, or a whole box of regions, in one plain sentence in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from services.rulebook.compile import UNKNOWN_CELL, CompiledFact, bits_of, holds
from services.rulebook.model import LANGUAGES, Condition, Fact, Kind, Rulebook, Span, Text, Value
from services.rulebook.regions import Box, RegionMap
from services.rulebook.wording import condition_said, say_value, say_words

AND, OR = Text(" 且 ", " and "), Text(" 或 ", " or ")
AS_LABELLED = Text("{label}：{said}", "{label}: {said}")
SEPARATOR = Text("；", "; ")
REST_OPEN, ALL_OPEN = Text("其余不限", "the rest is open"), Text("任何情况", "any situation")
REST_UNKNOWN = Text("其余都不知道", "nothing else is known")
NOTHING_KNOWN = Text("什么都不知道", "nothing is known")
ANYTHING_BUT = Text("除“{said}”以外都算", "anything but “{said}”")
KNOWN_BUT = Text("已回答，且不是“{said}”", "answered, and not “{said}”")
MOST_EXAMPLES = 3
AND_MORE = Text("等 {count} 种组合", "… ({count} combinations)")


def say_situation(rulebook: Rulebook, values: Mapping[str, Value]) -> Text:
    """`逾期天数：91 天；协商进展：被拒绝了；其余都不知道`."""
    if not values:
        return NOTHING_KNOWN
    facts = [rulebook.facts[fact_id] for fact_id in rulebook.facts if fact_id in values]
    said = [_both(lambda language, f=fact: say_value(f, values[f.id], language)) for fact in facts]  # type: ignore[misc]
    return _sentence(facts, said, REST_UNKNOWN)


def say_box(rulebook: Rulebook, regions: RegionMap, box: Box) -> Text:
    """`逾期天数：91 天或以上；协商进展：被拒绝了；其余不限`."""
    limited = [fact for fact in sorted(box) if regions.cells[fact] & ~box[fact]]
    if not limited:
        return ALL_OPEN
    facts = [rulebook.facts[regions.facts[fact].id] for fact in limited]
    said = [say_cells(rulebook, regions, fact, box[fact]) for fact in limited]
    return _sentence(facts, said, REST_OPEN)


def say_cells(rulebook: Rulebook, regions: RegionMap, index: int, cells: int) -> Text:
    """What it means for one fact to be in one of these cells: `91 天或以上或还不知道`."""
    compiled, fact = regions.facts[index], rulebook.facts[regions.facts[index].id]
    cells &= regions.cells[index]
    known, all_known = cells & ~(1 << UNKNOWN_CELL), regions.cells[index] & ~(1 << UNKNOWN_CELL)
    or_unknown = bool(cells >> UNKNOWN_CELL & 1)
    if known == all_known or not known:
        return condition_said(fact, Condition(fact.id, known=bool(known), or_unknown=or_unknown))
    if fact.kind.is_number:
        return condition_said(fact, Condition(fact.id, spans=tuple(_spans(compiled, known)), or_unknown=or_unknown))
    if fact.kind is Kind.SOME_OF:
        return _say_sets(rulebook, fact, compiled, known, all_known, or_unknown)
    return _say_words(fact, compiled, known, all_known, or_unknown)


def _say_words(fact: Fact, compiled: CompiledFact, known: int, all_known: int, or_unknown: bool) -> Text:
    missing = all_known & ~known
    if missing.bit_count() >= known.bit_count():
        return condition_said(fact, Condition(fact.id, words=frozenset(_words(compiled, known)), or_unknown=or_unknown))
    form = ANYTHING_BUT if or_unknown else KNOWN_BUT
    words = list(_words(compiled, missing))
    return _both(lambda language: form.in_language(language).format(said=_listed(fact, words, language)))


def _listed(fact: Fact, words: list[str], language: str) -> str:
    return say_words(fact, words, language, OR.in_language(language))


def _words(compiled: CompiledFact, cells: int) -> Iterator[str]:
    for cell in bits_of(cells):
        example = compiled.cells[cell].example
        yield {True: "yes", False: "no"}[example] if isinstance(example, bool) else str(example)


def _spans(compiled: CompiledFact, cells: int) -> Iterator[Span]:
    """Cells that touch are one span."""
    ends = [*(start - 1 for start in compiled.starts[1:]), compiled.maximum]
    low: int | None = None
    for cell in bits_of(cells):
        low = compiled.starts[cell - 1] if low is None else low
        if not cells >> cell + 1 & 1:
            yield Span(low, ends[cell - 1])
            low = None


def _say_sets(
    rulebook: Rulebook, fact: Fact, compiled: CompiledFact, known: int, all_known: int, or_unknown: bool
) -> Text:
    """As conditions that the rulebook itself uses, where they describe the cells exactly; else by examples."""
    said = [condition for condition, cells in _askable(rulebook, compiled, all_known) if not known & ~cells]
    together = all_known
    used: list[Condition] = []
    for condition in said:
        cells = _satisfying(compiled, condition, all_known)
        if together & ~cells:
            together &= cells
            used.append(condition)
    parts = [condition_said(fact, condition) for condition in used]
    described = _joined(parts, AND) if together == known and parts else _examples(fact, compiled, known)
    return (
        _joined([described, condition_said(fact, Condition(fact.id, or_unknown=True))], OR) if or_unknown else described
    )


def _askable(rulebook: Rulebook, compiled: CompiledFact, all_known: int) -> list[tuple[Condition, int]]:
    """What rules ask of a set, and its opposite, with the cells that satisfy it; the narrowest first."""
    asked: dict[tuple[frozenset[str], bool], Condition] = {}
    rules, impossible, properties = rulebook.rules, rulebook.impossible, rulebook.properties
    for condition in chain(*(r.when for r in rules), *(i.when for i in impossible), *(p.when for p in properties)):
        words = condition.includes or condition.excludes
        if condition.fact == compiled.id and words:
            asked[words, True] = Condition(compiled.id, includes=words)
            asked[words, False] = Condition(compiled.id, excludes=words)
    satisfied = [(condition, _satisfying(compiled, condition, all_known)) for condition in asked.values()]
    return sorted(satisfied, key=lambda pair: (pair[1].bit_count(), sorted(pair[0].includes | pair[0].excludes)))


def _satisfying(compiled: CompiledFact, condition: Condition, cells: int) -> int:
    return sum(1 << cell for cell in bits_of(cells) if holds(condition, compiled.cells[cell].example))


def _examples(fact: Fact, compiled: CompiledFact, cells: int) -> Text:
    shown = [compiled.cells[cell].example for cell in list(bits_of(cells))[:MOST_EXAMPLES]]
    said = _joined([_both(lambda language, v=value: say_value(fact, v, language)) for value in shown], OR)  # type: ignore[misc]
    if cells.bit_count() <= MOST_EXAMPLES:
        return said
    return _both(
        lambda language: (
            f"{said.in_language(language)} {AND_MORE.in_language(language).format(count=cells.bit_count())}"
        )
    )


def _sentence(facts: list[Fact], said: list[Text], rest: Text) -> Text:
    clauses = [
        Text(
            AS_LABELLED.zh.format(label=fact.label.zh, said=part.zh),
            AS_LABELLED.en.format(label=fact.label.en, said=part.en),
        )
        for fact, part in zip(facts, said, strict=True)
    ]
    return _joined([*clauses, rest], SEPARATOR)


def _joined(texts: list[Text], separator: Text) -> Text:
    return Text(separator.zh.join(text.zh for text in texts), separator.en.join(text.en for text in texts))


def _both(say: Callable[[str], str]) -> Text:
    return Text(*(say(language) for language in LANGUAGES))
