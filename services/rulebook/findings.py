"""What a check of the rulebook finds: said in one sentence, with the rules it is about and an example person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.rulebook.model import NOWHERE, Place, Text, Value
from services.rulebook.problems import Problem


class Severity(StrEnum):
    """An error stops a release; a warning asks its author to look again; a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check found. `example` is a situation in which it shows, as the API would receive it."""

    code: str
    severity: Severity
    text: Text
    rules: tuple[str, ...] = ()
    place: Place = NOWHERE
    example: Mapping[str, Value] | None = None
    example_said: Text | None = None
    where: tuple[Text, ...] = ()
    """The situations concerned, each entry a box of them."""

    def problem(self) -> Problem:
        """The finding as one of the problems of rule files, so that both are listed alike."""
        detail = self.text if self.example_said is None else _with_example(self.text, self.example_said)
        return Problem(
            self.code,
            detail,
            place=self.place,
            rule=self.rules[0] if self.rules else "",
            is_warning=self.severity is not Severity.ERROR,
        )

    def line(self, language: str) -> str:
        return self.problem().line(language)


def _with_example(text: Text, example: Text) -> Text:
    return Text(f"{text.zh}例如：{example.zh}。", f"{text.en} For example: {example.en}.")


SHARED_TOPIC = Text(
    "“{one}”和“{other}”会同时生效，但它们的主题只容一条规则说话。",
    "“{one}” and “{other}” speak at once, though only one rule of their topic may.",
)
CONTRADICTION = Text(
    "会同时建议“{one}”(`{one_rule}`)和“{other}”(`{other_rule}`)，这两步互相矛盾。",
    "“{one}” (`{one_rule}`) and “{other}” (`{other_rule}`) are advised at once, and they contradict each other.",
)
NEVER_MATCHES = Text(
    "没有人能符合“{rule}”的条件：符合它的情况都被列为不可能。",
    "Nobody can meet the conditions of “{rule}”: all situations that do are listed as impossible.",
)
NEVER_SPEAKS = Text(
    "“{rule}”永远不会生效：只要它符合，{others} 中总有一条也符合并让它让位。",
    "“{rule}” never speaks: wherever it matches, one of {others} matches too and silences it.",
)
SILENCE_CYCLE = Text(
    "这些规则互相让位，绕成了一圈：{rules}。",
    "These rules yield to each other in a circle: {rules}.",
)
NO_NEXT_STEP = Text(
    "有的情况下没有任何规则生效，也就没有下一步。",
    "In some situations no rule speaks, so there is no next step.",
)
GAP = Text(
    "核心问题都答完了，有的情况仍只得到兜底建议。",
    "With all core questions answered, some situations still get the fallback advice alone.",
)
ONLY_FALLBACK = Text(
    "只知道下面某一项、其他都不知道时，只有兜底建议。",
    "Where just one of these is known and nothing else, only the fallback speaks.",
)
TOO_LARGE = Text("太大，没能证明：{question}", "Too large to be proved: {question}")

MUST = Text(
    "性质“{title}”不成立：没有建议“{action}”。",
    "The property “{title}” is broken: “{action}” is not advised.",
)
MUST_ONE_OF = Text(
    "性质“{title}”不成立：该有的步骤一个也没有({actions})。",
    "The property “{title}” is broken: none of the steps it wants is advised ({actions}).",
)
FIRES_ONE_OF = Text(
    "性质“{title}”不成立：该生效的规则一条也没有生效({rules})。",
    "The property “{title}” is broken: none of the rules that it wants speaks ({rules}).",
)
MUST_NOT = Text(
    "性质“{title}”不成立：`{rule}` 建议了“{action}”。",
    "The property “{title}” is broken: `{rule}` advises “{action}”.",
)
NOT_FIRST = Text(
    "性质“{title}”不成立：第一步是 `{rule}` 的“{action}”。",
    "The property “{title}” is broken: the first step is “{action}” of `{rule}`.",
)
URGENCY_FALLS = Text(
    "性质“{title}”不成立：`{rule}`({urgency})在“{fact}”从 {before} 增加到 {after} 时退出，剩下的步骤都没有这么急。",
    "The property “{title}” is broken: `{rule}` ({urgency}) falls away as “{fact}” grows from {before} to {after}, "
    "and no step that is left is as urgent.",
)

NO_FIRING_CASE = Text("没有案例让这条规则生效。", "No case makes this rule speak.")
NO_NEAR_CASE = Text(
    "没有案例只差一个条件而不触发这条规则。",
    "No case just misses this rule, by one of its conditions.",
)
UNREADABLE_CASE = Text(
    "案例“{name}”里的事实读不了：{problem}",
    "The facts of the case “{name}” cannot be read: {problem}",
)
GUIDANCE_OPEN = Text(
    "要点 {point} 既没有规则覆盖，也没有说明为什么不收。",
    "Point {point} is neither covered by a rule nor left out with a reason.",
)
GUIDANCE_TWICE = Text(
    "要点 {point} 说明了不收，却有规则覆盖它：{rules}。",
    "Point {point} is left out with a reason, yet rules cover it: {rules}.",
)
UNUSED_FACT = Text("没有规则用到事实 `{id}`。", "No rule uses the fact `{id}`.")
UNUSED_ACTION = Text("没有规则建议 `{id}`。", "No rule advises `{id}`.")
UNUSED_SOURCE = Text(
    "没有规则或联系方式引用来源 `{id}`。",
    "No rule and no contact rests on the source `{id}`.",
)


def filled(text: Text, **words: object) -> Text:
    """The text with its gaps filled; a Text fills each language with its own."""
    return Text(*(text.in_language(language).format(**_in(words, language)) for language in ("zh-CN", "en")))


def _in(words: Mapping[str, object], language: str) -> dict[str, object]:
    return {name: word.in_language(language) if isinstance(word, Text) else word for name, word in words.items()}
