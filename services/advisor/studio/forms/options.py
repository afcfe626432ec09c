"""What the drop-downs of the forms offer: every option with its value and how it is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.rulebook.model import LANGUAGES, Asked, Kind, Rulebook, Text, Urgency
from services.rulebook.phrases import CONFIDENCE, NO, SOURCE_KIND, URGENCY, YES
from services.rulebook.read_vocabulary import LAST_ORDER
from services.rulebook.yields import EVERYTHING, EVERYTHING_HERE, WHOLE_TOPIC


@dataclass(frozen=True, slots=True)
class Option:
    """`group` is the heading under which it stands in a long list."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """All lists that forms may name, in one language. Of a rulebook that cannot be read the lists are empty."""

    rulebook: Rulebook | None
    language: str

    def __call__(self, name: str) -> list[Option]:
        return list(getattr(self, f"_{name}")())

    def label(self, name: str, value: str) -> str:
        """How a value is said; a value that is not in the list stands for itself."""
        return next((option.label for option in self(name) if option.value == value), value)

    def parts(self, source_id: str) -> list[Option]:
        source = self.rulebook.sources.get(source_id) if self.rulebook else None
        if source is None:
            return []
        return [Option(part, f"{part}: {self._say(text)}") for part, text in source.parts.items()]

    def _facts(self) -> Iterable[Option]:
        facts = self.rulebook.facts.values() if self.rulebook else ()
        return (Option(fact.id, f"{self._say(fact.label)} ({fact.id})", fact.group) for fact in facts)

    def _moving_facts(self) -> Iterable[Option]:
        facts = self.rulebook.facts.values() if self.rulebook else ()
        return (Option(fact.id, self._say(fact.label)) for fact in facts if fact.moves is not None)

    def _date_facts(self) -> Iterable[Option]:
        facts = self.rulebook.facts.values() if self.rulebook else ()
        return (Option(fact.id, self._say(fact.label)) for fact in facts if fact.kind is Kind.DATE)

    def _actions(self) -> Iterable[Option]:
        actions = self.rulebook.actions.values() if self.rulebook else ()
        return (Option(action.id, f"{self._say(action.title)} ({action.id})") for action in actions)

    def _sources(self) -> Iterable[Option]:
        sources = self.rulebook.sources.values() if self.rulebook else ()
        return (
            Option(source.id, self._say(source.title), self._say(SOURCE_KIND[source.kind])) for source in sources
        )  # fmt: skip

    def _points(self) -> Iterable[Option]:
        points = self.rulebook.guidance.values() if self.rulebook else ()
        return (Option(point.id, f"{point.id}: {self._say(point.says)}") for point in points)

    def _rules(self) -> Iterable[Option]:
        for rule in self.rulebook.rules if self.rulebook else ():
            yield Option(rule.id, f"{self._say(rule.title)} ({rule.id})", self._topic(rule.topic))

    def _silencers(self) -> Iterable[Option]:
        for value, said in ((EVERYTHING_HERE, _HERE), (EVERYTHING, _EVERYTHING)):
            yield Option(value, self._say(said), self._say(_WHOLE))
        for topic in self.rulebook.topics.values() if self.rulebook else ():
            said = Text(f"主题“{topic.title.zh}”的所有规则", f"every rule of the topic “{topic.title.en}”")
            yield Option(f"{WHOLE_TOPIC}{topic.id}", self._say(said), self._say(_WHOLE))
        yield from self._rules()

    def _urgencies(self) -> Iterable[Option]:
        return (Option(urgency.value, self._say(URGENCY[urgency])) for urgency in Urgency)

    def _orders(self) -> Iterable[Option]:
        return (Option(str(order), f"{order}: {self._say(_ORDERS[order])}") for order in range(1, LAST_ORDER + 1))

    def _source_kinds(self) -> Iterable[Option]:
        return (Option(kind.value, self._say(said)) for kind, said in SOURCE_KIND.items())

    def _confidences(self) -> Iterable[Option]:
        return (Option(confidence.value, self._say(said)) for confidence, said in CONFIDENCE.items())

    def _fact_kinds(self) -> Iterable[Option]:
        return self._of(_KINDS)

    def _asked(self) -> Iterable[Option]:
        return self._of(_ASKED)

    def _moves(self) -> Iterable[Option]:
        return (Option("grows", self._say(_GROWS)), Option("falls", self._say(_FALLS)))

    def _yes_no(self) -> Iterable[Option]:
        return (Option("yes", self._say(YES)), Option("no", self._say(NO)))

    def _of(self, said: dict[StrEnum, Text]) -> Iterable[Option]:
        return (Option(word.value, self._say(text)) for word, text in said.items())

    def _topic(self, topic_id: str) -> str:
        topic = self.rulebook.topics.get(topic_id) if self.rulebook else None
        return self._say(topic.title) if topic else topic_id

    def _say(self, text: Text) -> str:
        return text.in_language(LANGUAGES[1] if self.language == "en" else LANGUAGES[0])


_HERE = Text("这个主题里的所有其他规则", "every other rule of this topic")
_EVERYTHING = Text("所有别的规则（只在没有别的规则时才说话）", "every other rule (it speaks only when no other does)")
_WHOLE = Text("整组", "Whole groups")
_GROWS = Text("每天加一", "grows by one every day")
_FALLS = Text("每天减一", "falls by one every day")
_KINDS: dict[StrEnum, Text] = {
    Kind.YES_NO: Text("是或否", "yes or no"),
    Kind.ONE_OF: Text("几个词里选一个", "one of several words"),
    Kind.SOME_OF: Text("几个词里选若干", "any of several words"),
    Kind.WHOLE: Text("整数", "a whole number"),
    Kind.MONEY: Text("金额", "an amount of money"),
    Kind.DATE: Text("日期", "a date"),
}
_ASKED: dict[StrEnum, Text] = {
    Asked.FIRST: Text("最先问", "before all else"),
    Asked.CORE: Text("每个人都问", "of everyone"),
    Asked.BRANCH: Text("只在答案会改变建议时问", "only where the answer can change the advice"),
    Asked.NEVER: Text("从不问（算出来或由事件得知）", "never (worked out, or set by an event)"),
}
_ORDERS = {
    1: Text("生命危险", "danger to life"),
    2: Text("伤害自己", "self-harm"),
    3: Text("法院文书", "court papers"),
    4: Text("正在发生的骗局", "a scam under way"),
    5: Text("先不付款、不答应", "no payment and no promise"),
    6: Text("基本生活", "essentials"),
    7: Text("全部还清", "paying in full"),
    8: Text("联系、提方案、留记录", "contact, offer, record"),
    9: Text("被拒绝与调解", "refusal and mediation"),
    10: Text("守住协议", "keeping an agreement alive"),
    11: Text("信用记录、学习、结清证明", "credit record, learning, settlement proof"),
}
"""What each place in the order of safety stands for."""
