"""What a change of a fact, an action or a source changes, as sentences: old and new side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from services.rulebook import phrases
from services.rulebook.findings import filled
from services.rulebook.model import LANGUAGES, Action, Asked, Fact, Kind, Moves, Rulebook, Source, Text
from services.rulebook.rule_sentences import Line, SaidChange, compare_lines, say_change
from services.rulebook.wording import say_value


def say_entry_change(old: Rulebook, new: Rulebook, kind: str, entry: str) -> tuple[SaidChange, ...]:
    """For the kinds "rules", "facts", "actions" and "sources"; nothing for others."""
    if kind == "rules":
        return say_change(old, new, entry)
    if kind not in _LINES:
        return ()
    return compare_lines(_LINES[kind](old, entry), _LINES[kind](new, entry))


def _of_fact(rulebook: Rulebook, fact_id: str) -> Iterator[Line]:
    fact = rulebook.facts.get(fact_id)
    if fact is None:
        return
    yield Line("label", _LABEL, fact.label)
    yield Line("kind", _KIND, KINDS[fact.kind])
    yield Line("question", _QUESTION, fact.question)
    yield Line("why", _WHY, fact.why_asked)
    yield Line("asked", _ASKED, ASKED[fact.asked])
    for choice in fact.choices:
        yield Line(f"choice {choice.word}", filled(_CHOICE, word=choice.word), choice.label)
    yield from _of_number(rulebook, fact)


def _of_number(rulebook: Rulebook, fact: Fact) -> Iterator[Line]:
    if not fact.kind.is_number:
        return
    ends = [
        Text(*(say_value(fact, value, language) for language in LANGUAGES)) for value in (fact.minimum, fact.maximum)
    ]
    yield Line("range", _RANGE, filled(_FROM_TO, low=ends[0], high=ends[1]))
    if fact.moves is not None:
        yield Line("moves", _MOVES, MOVES[fact.moves])
    if fact.turns_into is not None:
        yield Line("turns", _TURNS, rulebook.facts[fact.turns_into].label)


def _of_action(rulebook: Rulebook, action_id: str) -> Iterator[Line]:
    action: Action | None = rulebook.actions.get(action_id)
    if action is None:
        return
    yield Line("title", _TITLE, action.title)
    yield Line("order", _ORDER, _plain(action.order))
    if action.minutes is not None:
        yield Line("minutes", _TIME, filled(_MINUTES, minutes=action.minutes))
    if action.at_hand is not None:
        yield Line("at hand", _AT_HAND, action.at_hand)
    if action.done_when is not None:
        yield Line("done", _DONE_WHEN, action.done_when)


def _of_source(rulebook: Rulebook, source_id: str) -> Iterator[Line]:
    source: Source | None = rulebook.sources.get(source_id)
    if source is None:
        return
    yield Line("title", _TITLE, source.title)
    yield Line("kind", _KIND, phrases.SOURCE_KIND[source.kind])
    yield Line("confidence", _CONFIDENCE, phrases.CONFIDENCE[source.confidence])
    yield Line("says", _SAYS, source.says)
    for key, about, value in (
        ("authority", _AUTHORITY, source.authority), ("in force", _IN_FORCE, source.in_force),
        ("checked", _CHECKED, source.checked), ("review", _REVIEW, source.review_by), ("url", _URL, source.url),
    ):  # fmt: skip
        if value:
            yield Line(key, about, _plain(value))
    for part, said in source.parts.items():
        yield Line(f"part {part}", filled(_PART, part=part), said)


def _plain(value: str | int | date) -> Text:
    return Text(str(value), str(value))


_LINES: Mapping[str, Callable[[Rulebook, str], Iterator[Line]]] = {
    "facts": _of_fact,
    "actions": _of_action,
    "sources": _of_source,
}
KINDS: Mapping[Kind, Text] = {
    Kind.YES_NO: Text("是或否", "yes or no"),
    Kind.ONE_OF: Text("几项中的一项", "one of several"),
    Kind.SOME_OF: Text("几项中的若干项", "some of several"),
    Kind.WHOLE: Text("整数", "a whole number"),
    Kind.MONEY: Text("金额", "an amount of money"),
    Kind.DATE: Text("日期", "a day"),
}
ASKED: Mapping[Asked, Text] = {
    Asked.FIRST: Text("最先问", "before all else"),
    Asked.CORE: Text("每个人都问", "of everyone"),
    Asked.BRANCH: Text("只在答案会改变建议时问", "only where the answer can change the advice"),
    Asked.NEVER: Text("从不问", "never"),
}
MOVES: Mapping[Moves, Text] = {
    Moves.GROWS: Text("每天加一", "grows by one with every day"),
    Moves.FALLS: Text("每天减一", "falls by one with every day"),
}
_LABEL, _KIND, _TITLE = Text("名称", "name"), Text("种类", "kind"), Text("标题", "title")
_QUESTION, _WHY, _ASKED = (
    Text("问法", "question"),
    Text("为什么问", "why it is asked"),
    Text("什么时候问", "when asked"),
)
_CHOICE, _RANGE = Text("选项 `{word}`", "answer `{word}`"), Text("范围", "range")
_FROM_TO = Text("{low} 到 {high}", "{low} to {high}")
_MOVES, _TURNS = Text("随时间变化", "as time passes"), Text("到零之后变成", "turns, after zero, into")
_ORDER = Text("先后次序", "place in the order of safety")
_TIME, _MINUTES = Text("要花的时间", "time to set aside"), Text("{minutes} 分钟", "{minutes} minutes")
_AT_HAND, _DONE_WHEN = Text("手边准备", "to have at hand"), Text("怎样算做完", "done when")
_CONFIDENCE, _SAYS = Text("核对程度", "how far it was read"), Text("它说了什么", "what it says")
_AUTHORITY, _IN_FORCE = Text("发布机关", "authority"), Text("生效日", "in force since")
_CHECKED, _REVIEW = Text("上次核对", "checked on"), Text("最晚复核日", "review by")
_URL, _PART = Text("网址", "address"), Text("条款 {part}", "part {part}")
