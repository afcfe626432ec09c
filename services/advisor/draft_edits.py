"""What a client asks to be changed in a draft, done to the text of its files; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from services.advisor.problem_json import Refusal
from services.advisor.reading import INVALID
from services.casebook.draft_files import with_changes
from services.rulebook.editing.blocks import ID_KEYS, EditError, add_block, find_blocks, replace_block
from services.rulebook.editing.entries import change_entry, find_block, new_entry, remove_entry
from services.rulebook.editing.renaming import rename, rename_word
from services.rulebook.model import Text
from services.rulebook.problems import Problem, did_you_mean

Files = Mapping[str, str]
Asked = Mapping[str, Any]
WAYS = ("text", "set", "remove")
SAID = {
    "one_way": Text("text、set、remove 里请只写一个。", "Write one of text, set and remove, and only one."),
    "word_of_a_fact": Text("只有事实才有 word。", "Only facts have words."),
    "no_such_file": Text("没有这个文件。", "There is no such file."),
}


def edited(files: Files, asked: Asked) -> dict[str, str]:
    """Whole files first, then the renaming, then the entries in their order. Raises Refusal with the place."""
    done = with_changes(files, asked.get("files", {}))
    if "rename" in asked:
        with _pointing_to("/rename"):
            done = _renamed(done, asked["rename"])
    for index, entry in enumerate(asked.get("entries", ())):
        with _pointing_to(f"/entries/{index}"):
            done = _with_entry(done, entry, f"/entries/{index}")
    return done


def said(asked: Asked) -> str:
    """What was changed, in a few words, for the list of versions."""
    names = [*asked.get("files", {}), *(entry["id"] for entry in asked.get("entries", ()))]
    if "rename" in asked:
        names.append(f"{asked['rename']['id']} -> {asked['rename']['to']}")
    return ", ".join(dict.fromkeys(names))


def _renamed(files: Files, asked: Asked) -> dict[str, str]:
    if "word" in asked:
        if asked["kind"] != "facts":
            raise _refused("word_of_a_fact", "/rename/kind", read=asked["kind"])
        return rename_word(files, asked["id"], asked["word"], asked["to"])
    return rename(files, asked["kind"], asked["id"], asked["to"])


def _with_entry(files: Files, entry: Asked, at: str) -> dict[str, str]:
    ways = [way for way in WAYS if way in entry]
    if len(ways) != 1 or entry.get("remove") is False:
        raise _refused("one_way", at)
    kind, name = entry["kind"], entry["id"]
    if "remove" in entry:
        return remove_entry(files, kind, name)
    if "file" in entry and name not in find_blocks(files, kind):
        return _with_new(files, entry, at)
    if "text" in entry:
        return replace_block(files, find_block(files, kind, name), _ended(entry["text"]))
    return change_entry(files, kind, name, as_written(entry["set"]))


def _with_new(files: Files, entry: Asked, at: str) -> dict[str, str]:
    kind, file = entry["kind"], entry["file"]
    if "set" in entry:
        return new_entry(files, kind, file, {ID_KEYS[kind]: entry["id"], **as_written(entry["set"])})
    if file not in files:
        raise _refused("no_such_file", f"{at}/file", did_you_mean(file, tuple(files)), file)
    return add_block(files, kind, file, _ended(entry["text"]))


def as_written(value: Any) -> Any:
    """A JSON value as the words that rule files hold."""
    if isinstance(value, dict):
        return {key: as_written(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_written(inner) for inner in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if value is None else str(value)


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


@contextmanager
def _pointing_to(pointer: str) -> Iterator[None]:
    try:
        yield
    except EditError as error:
        raise Refusal(422, "invalid_request", INVALID, (Problem("bad_edit", error.text, pointer=pointer),)) from error


def _refused(code: str, pointer: str, suggestion: Text | None = None, read: str = "") -> Refusal:
    problem = Problem(code, SAID[code], pointer=pointer, suggestion=suggestion, read=read)
    return Refusal(422, "invalid_request", INVALID, (problem,))
