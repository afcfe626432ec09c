"""What is said about an edit that cannot be made."""

from __future__ import annotations

from collections.abc import Iterable

from services.rulebook.model import Text
from services.rulebook.problems import Problem, did_you_mean, quoted


class EditError(Exception):
    """An edit that the files do not allow; the text says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def no_entry(kind: str, entry_id: str, known: Iterable[str]) -> Text:
    name, meant = quoted(entry_id), did_you_mean(entry_id, known)
    return Text(
        f"`{kind}` 里没有 `{name}`。{meant.zh if meant else ''}",
        f"There is no `{name}` among the {kind}. {meant.en if meant else ''}".rstrip(),
    )


def taken(entry_id: str, file: str) -> Text:
    name = quoted(entry_id)
    return Text(f"`{name}` 已经在 {file} 里用了，请换一个名字。", f"`{name}` is taken, in {file}. Choose another name.")


def id_stays(key: str, entry_id: str) -> Text:
    return Text(
        f"`{key}` 不能这样改：`{quoted(entry_id)}` 在别处被引用，请用“改名”。",
        f"`{key}` cannot be changed like this: others refer to `{quoted(entry_id)}`. Rename it instead.",
    )


def no_id(key: str) -> Text:
    return Text(f"新的一条要先有名字（`{key}`）。", f"A new entry needs its name (`{key}`).")


def wrong_file(kind: str, file: str) -> Text:
    name = quoted(file)
    return Text(
        f"`{kind}` 不能写进 {name}：文件不存在、已经有了，或是放别的内容的。",
        f"{kind} cannot be written into {name}: it is not there, is there already, or holds something else.",
    )


def no_copy_of_topic() -> Text:
    return Text("主题不能复制，请新建一个。", "A topic cannot be copied. Start a new one.")


def topic_has_rules(topic: str) -> Text:
    return Text(
        f"主题 `{quoted(topic)}` 里还有规则。请先移走或删去它们。",
        f"The topic `{quoted(topic)}` still has rules. Move or remove them first.",
    )


def cannot_write(key: str) -> Text:
    return Text(
        f"`{quoted(key)}` 的内容写不进文件，请检查里面有没有看不见的字符。",
        f"What was given for `{quoted(key)}` cannot be written to the file. Look for invisible characters in it.",
    )


def word_of_the_language(word: str) -> Text:
    return Text(
        f"`{word}` 在条件里另有意思，不能改名，也不能当新名字。",
        f"`{word}` has a meaning of its own in conditions; it cannot be renamed, nor be a new name.",
    )


def bad_name(problem: Problem) -> Text:
    return Text(problem.sentence("zh-CN"), problem.sentence("en"))


def cannot_read(file: str) -> Text:
    return Text(
        f"{file} 现在读不出来（不是完整的 YAML，或列表写在方括号里）。请先在文本里改好。",
        f"{file} cannot be read at present (broken YAML, or a list in brackets); mend it as text first.",
    )


def no_list(file: str, kind: str) -> Text:
    return Text(
        f"{file} 里没有 `{kind}:` 列表。请先写上 `{kind}:` 和第一条。",
        f"{file} has no list of {kind} to add to; write `{kind}:` and a first entry as text.",
    )


def first_field(key: str) -> Text:
    return Text(
        f"`{key}` 是这一条的第一个字段，不能去掉。",
        f"`{key}` is the first field of the entry and cannot be taken out.",
    )


def in_brackets(file: str, entry_id: str) -> Text:
    return Text(
        f"{file} 里的 `{entry_id}` 写在花括号里，请在文本里修改。",
        f"`{entry_id}` in {file} is written in brackets; edit it as text.",
    )
