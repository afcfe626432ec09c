"""Random edits of rule files, as people make them: fields, entries, comments, and text that is no YAML any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from services.rulebook.editing.blocks import ID_KEYS, EditError, blocks_of, find_blocks
from services.rulebook.editing.entries import change_entry, new_entry, remove_entry
from services.rulebook.editing.nodes import lines_of
from tests.rulebook.starter import starter_files

NAMES = ("actions.yaml", "cases/pay.yaml", "contacts.yaml", "topics/learn.yaml", "topics/pay.yaml")


def _beginning(name: str) -> str:
    """The file down to its fourth entry: small enough for many tries."""
    text = starter_files()[name]
    return "".join(lines_of(text)[: blocks_of(name, text)[4].end])


FILES = {name: _beginning(name) for name in NAMES}
ENTRIES = tuple((kind, name) for kind in ID_KEYS for name in find_blocks(FILES, kind))
HOMES = {"actions": "actions.yaml", "cases": "cases/pay.yaml", "contacts": "contacts.yaml", "rules": "topics/pay.yaml"}
LINES = ("", "# c\n", "- id: q\n", "rules: [\n", "  when:\n", "\t", "\ufeff", "topic: pay")
WORDS = st.sampled_from(["now", "a: b", "zwei\nZeilen", "# no comment", "012", "没有"])


@dataclass(frozen=True)
class Edit:
    """One edit of one entry: `key` is the field, or empty for the whole entry."""

    kind: str
    name: str
    key: str = ""
    value: str | None = None

    @property
    def is_new(self) -> bool:
        return (self.kind, self.name) not in ENTRIES

    def made(self, files: Mapping[str, str]) -> dict[str, str]:
        if self.is_new:
            return new_entry(files, self.kind, HOMES[self.kind], {ID_KEYS[self.kind]: self.name, "title": self.value})
        if not self.key:
            return remove_entry(files, self.kind, self.name)
        return change_entry(files, self.kind, self.name, {self.key: self.value})


def fields_of(kind: str, name: str) -> tuple[str, ...]:
    values = [key.text for key, _ in find_blocks(FILES, kind)[name].node.pairs]
    return tuple(key for key in values if key != ID_KEYS[kind])


FIELD_EDITS = st.sampled_from(ENTRIES).flatmap(
    lambda entry: st.builds(
        Edit, st.just(entry[0]), st.just(entry[1]), st.sampled_from(fields_of(*entry)), st.none() | WORDS
    )  # fmt: skip
)
REMOVALS = st.sampled_from([entry for entry in ENTRIES if entry[0] != "topics"]).map(lambda entry: Edit(*entry))
ADDITIONS = st.builds(Edit, st.sampled_from(sorted(HOMES)), st.sampled_from("xyz").map("new-{}".format),
                      value=WORDS)  # fmt: skip
EDITS = st.lists(FIELD_EDITS | FIELD_EDITS | REMOVALS | ADDITIONS, min_size=1, max_size=5)


def made(edits: list[Edit]) -> dict[str, str]:
    """The files with all edits that are still possible, one after the other."""
    files = dict(FILES)
    for edit in edits:
        try:
            files = edit.made(files)
        except EditError:
            continue
    return files


@st.composite
def scribbled(draw: st.DrawFn) -> dict[str, str]:
    """The files after somebody was at them with a text editor: lines gone, doubled, moved, mangled; files too."""
    files = dict(FILES)
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=2)):
        lines = lines_of(files.get(name, ""))
        at, to = (draw(st.integers(0, len(lines))) for _ in range(2))
        fresh = draw(
            st.sampled_from(["", "# c\n", "- id: q\n", "rules: [\n", "  when:\n", "\t", "\ufeff", "topic: pay"])
        )
        kept = lines[:at] + [fresh] + lines[min(to, at + 9) if to > at else at :]
        files[name] = "".join(kept)
        if draw(st.integers(0, 9)) == 0:
            del files[name]
    if draw(st.booleans()):
        files["topics/new.yaml"] = draw(st.sampled_from(["", "topic: new\nrules:\n- id: n", "rules: ["]))
    return files


ANY_FILES = scribbled() | EDITS.map(made)
