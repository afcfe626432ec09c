"""Why something cannot be done with a draft, said so that the person can go on."""

from __future__ import annotations

from services.rulebook.editing.merging import Merge
from services.rulebook.model import Text

SAID = {
    "is_open": Text(
        "草稿还没有提交或还没有批准；请先提交、由同事批准。",
        "The draft has not been handed in or approved yet; hand it in, and have a colleague approve it.",
    ),
    "is_submitted": Text(
        "草稿已提交，等待批准；要继续修改，请先取回。",
        "The draft was handed in and waits for approval; take it back to go on editing.",
    ),
    "is_approved": Text(
        "草稿已批准，可以发布；要继续修改，请先取回。",
        "The draft was approved and can be published; take it back to go on editing.",
    ),
    "is_published": Text(
        "草稿已经发布，不能再改；请新建一份草稿。", "The draft was published and no longer changes; begin a new one."
    ),
    "is_discarded": Text(
        "草稿已经放弃，不能再改；请新建一份草稿。", "The draft was put away and no longer changes; begin a new one."
    ),
    "own_draft": Text(
        "自己写过或提交的草稿要由另一位同事批准。",
        "A draft that you wrote in or handed in has to be approved by a colleague.",
    ),
    "nothing_changed": Text(
        "草稿和现行规则完全一样，没有可提交的内容。",
        "The draft is the same as the rules in force; there is nothing to hand in.",
    ),
    "takes_away": Text(
        "改动之后，有人会少一步，或者晚一步。请看清楚；确实要这样，再确认提交。",
        "After this change somebody loses a step, or takes it later. Look at who; if it is meant, confirm and hand in.",
    ),
    "behind": Text(
        "这期间发布或预定了新的版本；请先把它合并进草稿。",
        "Another release was published or planned meanwhile; take it over into the draft first.",
    ),
    "another_is_planned": Text(
        "已有一个版本预定在之后生效；请把时间定在它之后，或先撤回它。",
        "A release is already planned to begin later; choose a time after it, or withdraw it first.",
    ),
    "too_large": Text("规则文件太多或太大。", "There are too many rule files, or they are too large."),
    "unreadable_text": Text(
        "文件里有不能保存的字符；请用普通的 UTF-8 文字。",
        "A file holds characters that cannot be kept; use plain UTF-8.",
    ),
    "bad_file_name": Text(
        "文件名不对；规则文件都以 .yaml 结尾，只用小写字母、数字和连字符。",
        "This is no name for a rule file: they end in .yaml and use small letters, digits and hyphens.",
    ),
    "not_proved": Text(
        "检查没有通过，不能提交或发布；请看“检查”。",
        "The check found errors, so it can be neither handed in nor published; see the checks.",
    ),
}
"""Every code, with what to do."""


class DraftError(Exception):
    """A step that the draft does not allow as it stands; trying again alone does not help."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(f"{code} {about}".strip())
        self.code = code
        self.about = about
        said = SAID[code]
        self.text = Text(f"{said.zh} ({about})", f"{said.en} ({about})") if about else said


class StaleDraftError(Exception):
    """Somebody saved in the meantime. `merge` says for every rule who changed what; nothing was written."""

    def __init__(self, version: int, merge: Merge) -> None:
        super().__init__(f"the draft is at version {version}")
        self.version = version
        self.merge = merge
