"""Asks durable_rules which rules apply, inside the narrow fence in which it is correct, and remembers its answers.

The only module that imports the engine. What the engine does outside the fence (crashes, hangs, wrong answers) was
reproduced; docs/decisions/durable-rules-behind-a-fence.md has the list. What looks roundabout here has its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product
from string import ascii_lowercase
from threading import Lock

import durable_rules_engine as engine  # the C module alone: durable.lang and Host crash on threads, forks and timers

from services.rulebook.compile import CompiledRules
from services.rulebook.groups import MOST_CONJUNCTIONS, Group, Test, plan_groups
from services.rulebook.model import Value

_HANDLED, _NOT_HANDLED = 0, 1
_MESSAGE = '{"id":1,"sid":1,"k":1'  # fixed id and state: delete_state on a state that never acted is a segfault
_WARM_UP = '{"id":1,"sid":1,"w":1}'
_FORGET = '{"id":1,"sid":1}'
_RESERVED = ("id", "sid", "$s", "k", "w")


class MatcherError(Exception):
    """durable_rules did not answer as it must. The matcher is of no more use: build the release anew."""


class Matcher:
    """The rules of one release, as groups spread over rulesets. One per release and process, shared between threads.

    How a group answers depends on nothing but which of its tests pass, so durable_rules is asked once for each such
    region and its answer kept: at most MOST_REGIONS small entries a group. With `remember=False` it is asked anew for
    every group in every situation: for tests and measurements of the engine itself.
    """

    def __init__(self, compiled: CompiledRules, remember: bool = True) -> None:
        self._compiled = compiled
        self._remember = remember
        self._lock = Lock()  # one thread at a time in the engine; it holds the interpreter lock anyway
        self._groups = plan_groups(compiled)
        self._columns, self._questions, self._size = _lay_out(compiled, self._groups)
        self._known: tuple[dict[bytes, int], ...] = tuple({} for _ in self._groups)
        self._rulesets: list[_Ruleset] = []
        self._ruleset_of: list[_Ruleset] = []
        self._is_usable = True
        try:
            for part in _fill(self._groups):
                self._rulesets.append(_Ruleset(part))
                self._ruleset_of += [self._rulesets[-1]] * len(part)
        except BaseException:
            self.close()
            raise

    @property
    def groups(self) -> tuple[Group, ...]:
        return self._groups

    def learn(self) -> None:
        """Asks about every region now, so that no request waits for the engine later (0.2 s for 1,000 rules)."""
        for number, group in enumerate(self._groups):
            for cells in group.regions(self._compiled):
                situation = 0
                for fact, cell in cells.items():
                    situation |= self._columns[fact][cell]
                region = situation.to_bytes(self._size, "little")[self._questions[number]]
                if not situation >> number & 1 and region not in self._known[number]:
                    self._ask(number, region)

    def match(self, values: Mapping[str, Value]) -> int:
        """The mask of the rules that apply. CompileError for a value of the wrong type, before the engine sees it."""
        return self.match_cells(self._compiled.cells_of(values))

    def match_cells(self, cells: Sequence[int]) -> int:
        """The same for a situation that is already given as one cell per fact."""
        if not self._is_usable:
            raise MatcherError("this matcher is closed")
        situation = 0
        for column, cell in zip(self._columns, cells, strict=True):
            situation |= column[cell]
        passed = situation.to_bytes(self._size, "little")
        applies = 0
        known = self._known
        # A group's own bit says that some fact already rules all of it out; only the others are worth a question.
        open_groups = ~situation & ((1 << len(known)) - 1)
        while open_groups:
            group = (open_groups & -open_groups).bit_length() - 1
            open_groups &= open_groups - 1
            region = passed[self._questions[group]]
            answer = known[group].get(region)
            applies |= self._ask(group, region) if answer is None else answer
        return applies

    def close(self) -> None:
        """Frees the rulesets; harmless when repeated."""
        with self._lock:
            self._is_usable = False
            while self._rulesets:
                self._rulesets.pop().close()

    def _ask(self, group: int, region: bytes) -> int:
        with self._lock:
            if not self._is_usable:
                raise MatcherError("this matcher is closed")
            try:
                answer = self._ruleset_of[group].ask(self._groups[group], region)
            except engine.error as error:
                self._is_usable = False
                raise MatcherError(str(error)) from error
            except MatcherError:
                self._is_usable = False
                raise
        if self._remember:
            self._known[group][region] = answer
        return answer


class _Ruleset:
    """Some groups inside the engine. A message holds one property for each test that passes, and nothing else:

    strings, floats, arrays and missing values never reach the engine, which compares them wrongly or crashes. A rule
    is a plain conjunction of `$ex`: no joins, no arithmetic, no regular expressions, no `or` (which fires twice).
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        tests = sorted(set(chain.from_iterable(group.tests for group in groups)))
        self._names: dict[Test, str] = dict(zip(tests, _safe_names(), strict=False))
        entries = [entry for group in groups for entry in zip(group.asks, group.rules, strict=True)]
        labels = [f"{first}{second}" for first, second in product(ascii_lowercase, repeat=2)]
        self._rules = {label: mask for label, (_, mask) in zip(labels, entries, strict=False)}
        rules = {label: self._rule(asked) for label, (asked, _) in zip(labels, entries, strict=False)}
        self._handle: int = engine.create_ruleset("rules", json.dumps({"!!": {"all": [{"m": {"w": 1}}]}, **rules}))
        # The warm-up rule "!!" fires once, here: from now on delete_state is defined.
        _, self._state = engine.assert_fact(self._handle, _WARM_UP)
        self._collect()
        engine.retract_fact(self._handle, _FORGET)

    def ask(self, group: Group, region: bytes) -> int:
        """Which rules of the group apply when exactly the tests in `region` pass."""
        bits = int.from_bytes(region, "little")
        passed = "".join(f',"{self._names[test]}":1' for place, test in enumerate(group.tests) if bits >> place & 1)
        # A fact, never an event: an event is used up by the first rule that fires.
        outcome, _ = engine.assert_fact(self._handle, f"{_MESSAGE}{passed}}}")
        if outcome == _NOT_HANDLED:
            return 0
        if outcome != _HANDLED:
            raise MatcherError(f"a fact was left behind (outcome {outcome})")
        try:
            return self._collect() & group.mask
        finally:
            engine.retract_fact(self._handle, _FORGET)

    def close(self) -> None:
        engine.delete_state(self._handle, "1")  # in this order, or the memory of the state is lost
        engine.delete_ruleset(self._handle)

    def _collect(self) -> int:
        """Takes every action that waits; each names its rule: {"ab":{"m":{…}}}."""
        applies = 0
        started = engine.start_action_for_state(self._handle, self._state)
        action = started[1] if started else None
        while action:
            applies |= self._rules.get(action[2:4], 0)
            action = engine.complete_and_start_action(self._handle, self._state)
        return applies

    def _rule(self, asked: tuple[Test, ...]) -> dict[str, object]:
        """One key per condition (a second one is ignored), the sentinel first (an empty `$and` always fires)."""
        return {"all": [{"m": {"$and": [{"k": 1}, *({"$ex": {self._names[test]: 1}} for test in asked)]}}]}


def _lay_out(
    compiled: CompiledRules, groups: tuple[Group, ...]
) -> tuple[tuple[tuple[int, ...], ...], tuple[slice, ...], int]:
    """One number per fact and cell, to be or-ed: first a bit per group that it rules out, then the tests that pass.

    Also, for each group, the bytes in which its tests are found, and the length of it all in bytes.
    """
    columns = [[0] * len(fact.cells) for fact in compiled.facts]
    questions: list[slice] = []
    end = (len(groups) + 7) // 8
    for number, group in enumerate(groups):
        start, end = end, end + (len(group.tests) + 7) // 8
        questions.append(slice(start, end))
        for place, (fact, cells) in enumerate(group.tests):
            for cell in cells:
                columns[fact][cell] |= 1 << (8 * start + place)
        for fact in {fact for fact, _ in group.tests}:
            for cell in range(len(columns[fact])):
                columns[fact][cell] |= 0 if group.may_pass(fact, cell) else 1 << number
    return tuple(tuple(column) for column in columns), tuple(questions), end


def _fill(groups: tuple[Group, ...]) -> Iterator[list[Group]]:
    """Consecutive groups that fit into one ruleset together."""
    part: list[Group] = []
    for group in groups:
        if part and sum(len(one.asks) for one in (*part, group)) > MOST_CONJUNCTIONS:
            yield part
            part = []
        part.append(group)
    if part:
        yield part


def _safe_names() -> Iterator[str]:
    """Names that differ in their 32-bit hash, by which alone the engine tells properties apart."""
    taken = {_hash(name) for name in _RESERVED}
    for letters in chain(product(ascii_lowercase, repeat=2), product(ascii_lowercase, repeat=3)):
        name = "".join(letters)
        if _hash(name) not in taken:
            taken.add(_hash(name))
            yield name


def _hash(name: str) -> int:
    """FNV-1a, as the engine computes it."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value
