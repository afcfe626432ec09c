"""The same rules for zen-engine, CLIPS and hand-written Python, each used as its documentation advises."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import clips
import zen

from services.rulebook.model import Condition, Fact, Kind, Rule, Rulebook, Value

Decide = Callable[[Mapping[str, Value]], list[int]]
"""A situation -> the positions of the rules that apply."""


def with_zen(rulebook: Rulebook) -> Decide:
    """One decision table with the hit policy `collect`, compiled in advance, which makes it up to 3 times quicker."""
    decision = zen.ZenEngine().create_decision(zen.ZenDecisionContent(json.dumps(_decision_table(rulebook))))

    def decide(values: Mapping[str, Value]) -> list[int]:
        return [row["rule"] for row in decision.evaluate(values)["result"]]

    return decide


def with_clips(rulebook: Rulebook) -> Decide:
    """One deftemplate with a slot per fact: reset, assert, run. The rules add their number to a global list,

    which was the quickest way out of four that were tried (asserted facts, a Python function, the agenda).
    """
    environment = clips.Environment()
    slots = " ".join(f"(slot {fact.id} (default {_unknown_in_clips(fact)}))" for fact in rulebook.facts.values())
    environment.build(f"(deftemplate situation {slots})")
    environment.build("(defglobal ?*applies* = (create$))")
    for number, rule in enumerate(rulebook.rules):
        environment.build(_clips_rule(number, rule))
    template = environment.find_template("situation")
    symbols = {word: clips.Symbol(word) for fact in rulebook.facts.values() for word in fact.words}
    yes, no = clips.Symbol("yes"), clips.Symbol("no")

    def decide(values: Mapping[str, Value]) -> list[int]:
        environment.reset()
        template.assert_fact(
            **{
                fact: symbols[value]
                if type(value) is str
                else yes
                if value is True
                else no
                if value is False
                else value
                for fact, value in values.items()
            }
        )
        environment.run()
        return list(environment.find_global("applies").value)

    return decide


def with_ifs(rulebook: Rulebook) -> Decide:
    """Each fact is read once, then one `if` per rule: the quickest Python we know to write by hand."""
    return _compiled(rulebook, "if {conditions}: applies.append({number})")


def with_three_valued_ifs(rulebook: Rulebook) -> Callable[[Mapping[str, Value]], tuple[list[int], list[int]]]:
    """The same, but they also say which rules are undecided, as the reference does."""
    condition = "if {possible}: (undecided if {unknown} else applies).append({number})"
    decide: Callable[[Mapping[str, Value]], tuple[list[int], list[int]]] = _compiled(
        rulebook, condition, "applies, undecided"
    )
    return decide


def _compiled(rulebook: Rulebook, pattern: str, answer: str = "applies") -> Any:
    asked = [fact for fact in rulebook.facts if any(fact == c.fact for rule in rulebook.rules for c in rule.when)]
    lines = ["def decide(values):", "    get = values.get", "    applies = []", "    undecided = []"]
    lines += [f"    {fact} = get({fact!r})" for fact in asked]
    for number, rule in enumerate(rulebook.rules):
        conditions = [_python(condition) for condition in rule.when]
        lines.append(
            "    "
            + pattern.format(
                conditions=" and ".join(conditions),
                possible=" and ".join(f"({c.fact} is None or {_python(c)})" for c in rule.when),
                unknown=" or ".join(f"{c.fact} is None" for c in rule.when),
                number=number,
            )
        )
    namespace: dict[str, Any] = {}
    exec("\n".join([*lines, f"    return {answer}"]), namespace)
    return namespace["decide"]


def _python(condition: Condition) -> str:
    if condition.spans:
        (span,) = condition.spans
        return f"{condition.fact} is not None and {span.low} <= {condition.fact} <= {span.high}"
    words = sorted(condition.words)
    if words in (["yes"], ["no"]):
        return f"{condition.fact} is {words == ['yes']}"
    return f"{condition.fact} == {words[0]!r}" if len(words) == 1 else f"{condition.fact} in {tuple(words)!r}"


def _unknown_in_clips(fact: Fact) -> str:
    return "-1" if fact.kind is Kind.WHOLE else "nil"


def _clips_rule(number: int, rule: Rule) -> str:
    slots = " ".join(f"({condition.fact} {_clips_test(condition)})" for condition in rule.when)
    return f"(defrule rule-{number} (situation {slots}) => (bind ?*applies* ?*applies* {number}))"


def _clips_test(condition: Condition) -> str:
    if not condition.spans:
        return "|".join(sorted(condition.words))
    (span,) = condition.spans
    value = f"?{condition.fact}"
    return f"{value}&:(and (>= {value} {span.low}) (<= {value} {span.high}))"


def _decision_table(rulebook: Rulebook) -> dict[str, object]:
    names = list(rulebook.facts)
    rows = [
        {"_id": str(number), "rule": str(number), **dict.fromkeys(names, ""), **{c.fact: _zen(c) for c in rule.when}}
        for number, rule in enumerate(rulebook.rules)
    ]
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    nodes = [("in", "inputNode", {}), ("table", "decisionTableNode", {"content": table}), ("out", "outputNode", {})]
    return {
        "nodes": [
            {"id": key, "name": key, "type": kind, "position": {"x": 0, "y": 0}, **more} for key, kind, more in nodes
        ],
        "edges": [
            {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
            for source, target in (("in", "table"), ("table", "out"))
        ],
    }


def _zen(condition: Condition) -> str:
    if condition.spans:
        (span,) = condition.spans
        return f"[{span.low}..{span.high}]"
    words = sorted(condition.words)
    if words in (["yes"], ["no"]):
        return "true" if words == ["yes"] else "false"
    return ", ".join(f'"{word}"' for word in words)
