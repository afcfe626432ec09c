"""Asks durable_rules which rules apply, inside the narrow fence in which it is correct (see docs/decisions).

The only module that imports the engine. What it does beyond the fence (crashes, hangs, wrong answers) has been
reproduced, so every line here that looks roundabout has its reason beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import product
from string import ascii_lowercase
from threading import Lock

import durable_rules_engine as engine  # the C module alone: durable.lang and Host crash on threads, forks and timers

from services.rulebook.compile import CompiledFact, CompiledRules
from services.rulebook.model import Value
from services.rulebook.shards import Shard, Test, plan_shards

_NOT_HANDLED = 1
_ALREADY_THERE = 2
_FORGET = '{"id":1,"sid":1}'
_WARM_UP = '{"id":1,"sid":1,"w":1}'
_RESERVED = ("id", "sid", "$s", "k", "w")


class MatcherError(Exception):
    """durable_rules did not answer as it must; this matcher is closed for good and its release has to be rebuilt."""


class Matcher:
    """All rules of a release, spread over rulesets. One per release and process; safe to share between threads."""

    def __init__(self, compiled: CompiledRules) -> None:
        self._lock = Lock()  # the engine has no lock of its own; the GIL is held inside it anyway, so one is enough
        self._facts = tuple(enumerate(compiled.facts))
        self._rulesets: list[_Ruleset] = []
        self._is_usable = True
        try:
            for shard in plan_shards(compiled):
                self._rulesets.append(_Ruleset(shard, compiled.facts))
        except BaseException:
            self.close()
            raise

    def match(self, values: Mapping[str, Value]) -> int:
        """The mask of the rules that apply. CompileError for a value of the wrong type, before the engine sees it."""
        cells = [fact.cell_of(values.get(fact.id)) for _, fact in self._facts]
        applies = 0
        with self._lock:
            if not self._is_usable:
                raise MatcherError("this matcher is closed")
            try:
                for ruleset in self._rulesets:
                    applies |= ruleset.match(cells)
            except BaseException:
                self._is_usable = False
                raise
        return applies

    def close(self) -> None:
        """Frees the rulesets; harmless when repeated."""
        with self._lock:
            self._is_usable = False
            while self._rulesets:
                self._rulesets.pop().close()


class _Ruleset:
    """One shard inside the engine. A message holds one property per test that the situation passes, nothing else:

    no strings, floats, arrays or missing values ever reach the engine, which compares them wrongly or crashes.
    """

    def __init__(self, shard: Shard, facts: tuple[CompiledFact, ...]) -> None:
        names = dict(zip(shard.tests, _safe_names(), strict=False))
        self._fragments = [
            (fact, [_fragment(fact, cell, names) for cell in range(len(facts[fact].cells))])
            for fact in sorted({fact for fact, _ in shard.tests})
        ]
        labels = [f"{first}{second}" for first, second in product(ascii_lowercase, repeat=2)][: len(shard.asks)]
        self._rules = dict(zip(labels, shard.rules, strict=True))
        rules = {label: _rule([names[test] for test in asked]) for label, asked in zip(labels, shard.asks, strict=True)}
        # The warm-up rule fires once here: delete_state on a state whose actions never started is a segfault.
        self._handle: int = engine.create_ruleset("shard", json.dumps({**rules, "!!": {"all": [{"m": {"w": 1}}]}}))
        self._state: int = engine.assert_fact(self._handle, _WARM_UP)[1]
        self._collect()
        engine.retract_fact(self._handle, _FORGET)

    def match(self, cells: list[int]) -> int:
        flags = "".join([by_cell[cells[fact]] for fact, by_cell in self._fragments])
        # A fact, not an event: an event is consumed by the first rule that fires.
        outcome, _ = engine.assert_fact(self._handle, f'{{"id":1,"sid":1,"k":1{flags}}}')
        if outcome == _NOT_HANDLED:
            return 0
        try:
            if outcome == _ALREADY_THERE:
                raise MatcherError("a fact of an earlier request was left behind")
            return self._collect()
        finally:
            engine.retract_fact(self._handle, _FORGET)

    def close(self) -> None:
        engine.delete_state(self._handle, "1")  # in this order, or the state (2.4 MB per hundred rules) is lost
        engine.delete_ruleset(self._handle)

    def _collect(self) -> int:
        """Takes every action that is waiting; each names its rule: {"ab":{"m":{…}}}."""
        applies = 0
        started = engine.start_action_for_state(self._handle, self._state)
        action = started[1] if started else None
        while action:
            applies |= self._rules.get(action[2:4], 0)
            action = engine.complete_and_start_action(self._handle, self._state)
        return applies


def _rule(names: list[str]) -> dict[str, object]:
    """One key per condition (a second one is ignored); the sentinel first, so that no condition list is empty."""
    return {"all": [{"m": {"$and": [{"k": 1}, *({"$ex": {name: 1}} for name in names)]}}]}


def _fragment(fact: int, cell: int, names: Mapping[Test, str]) -> str:
    return "".join(f',"{name}":1' for (asked, cells), name in names.items() if asked == fact and cell in cells)


def _safe_names() -> Iterator[str]:
    """Property names that differ in the 32-bit hash by which alone the engine tells names apart."""
    taken = {_hash(name) for name in _RESERVED}
    for first, second in product(ascii_lowercase, repeat=2):
        name = f"{first}{second}"
        if _hash(name) not in taken and name not in _RESERVED:
            taken.add(_hash(name))
            yield name


def _hash(name: str) -> int:
    """FNV-1a, as the engine computes it."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value
