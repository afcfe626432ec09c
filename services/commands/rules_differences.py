"""What differs between two rulebooks, item by item and field by field; where it was written does not count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from services.rulebook.model import Rulebook, Text

NOT_CONTENT = frozenset({"place", "rank"})


class Difference(NamedTuple):
    """One field of one item; an item that is only in one rulebook has the field `added` or `removed`."""

    kind: str
    item: str
    field: str
    before: str = ""
    after: str = ""

    def line(self) -> str:
        name = f"{self.kind} {self.item}: {self.field}"
        return name if self.field in ("added", "removed") else f"{name}: {self.before} -> {self.after}"


def differences(old: Rulebook, new: Rulebook) -> Iterator[Difference]:
    """Sorted by kind, then in the order of the old rulebook, then what is new."""
    for kind, (before, after) in _items(old, new).items():
        for item in dict.fromkeys((*before, *after)):
            if item not in after:
                yield Difference(kind, item, "removed")
            elif item not in before:
                yield Difference(kind, item, "added")
            else:
                yield from _changed_fields(kind, item, before[item], after[item])


def _items(old: Rulebook, new: Rulebook) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    return {
        "fact": (old.facts, new.facts),
        "action": (old.actions, new.actions),
        "source": (old.sources, new.sources),
        "contact": (_by_id(old.contacts), _by_id(new.contacts)),
        "topic": (old.topics, new.topics),
        "rule": (_by_id(old.rules), _by_id(new.rules)),
        "property": (_by_id(old.properties), _by_id(new.properties)),
        "case": ({case.name: case for case in old.cases}, {case.name: case for case in new.cases}),
        "guidance point": (old.guidance, new.guidance),
    }


def _by_id(items: tuple[Any, ...]) -> dict[str, Any]:
    return {item.id: item for item in items}


def _changed_fields(kind: str, item: str, before: Any, after: Any) -> Iterator[Difference]:
    for field in fields(before):
        old, new = _content(getattr(before, field.name)), _content(getattr(after, field.name))
        if field.name not in NOT_CONTENT and old != new:
            yield Difference(kind, item, field.name, _short(old), _short(new))


def _content(value: Any) -> Any:
    """The value without the places at which it was written, in one order."""
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _content(getattr(value, f.name)) for f in fields(value) if f.name not in NOT_CONTENT}
    if isinstance(value, Mapping):
        return {key: _content(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_content(inner) for inner in value] if isinstance(value, tuple | list) else value


def _short(content: Any) -> str:
    """As one line; of conditions only how they were written."""
    if isinstance(content, list):
        return f"[{', '.join(map(_short, content))}]"
    if isinstance(content, dict) and "written" in content:
        return f"{content['fact']}: {content['written']}"
    if isinstance(content, dict):
        return ", ".join(f"{key}: {_short(value)}" for key, value in content.items() if value not in (None, "", [], {}))
    return " ".join(str(content).split())
