"""What rule files may refer to by name: finds it, or says that there is no such thing and what was probably meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.rulebook.model import Place, Text
from services.rulebook.problems import Problem, Problems, did_you_mean, quoted
from services.rulebook.yaml_nodes import ScalarNode

Thing = TypeVar("Thing")


@dataclass(slots=True)
class Catalogue(Generic[Thing]):
    """Everything of one sort by id, in the order of the files.

    A thing whose own definition is wrong is listed as None, so that it is not reported again wherever it is used;
    if a file that lists such things could not be read at all, unknown names are not reported either.
    """

    sort: str
    called: Text
    things: dict[str, Thing | None] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    is_complete: bool = True

    def claim(self, name: ScalarNode, problems: Problems) -> bool:
        """Takes the id for one definition; False (with a problem) if another one has it."""
        first = self.places.get(name.text)
        if first is None:
            self.places[name.text] = name.place
            self.things[name.text] = None
            return True
        detail = Text(
            f"{self.called.zh} `{quoted(name.text)}` 已经在 {first} 定义过，请换一个名字。",
            f"The {self.called.en} `{quoted(name.text)}` is already defined at {first}. Choose another id.",
        )
        problems.add(Problem("duplicate_id", detail, name.place, read=quoted(name.text)))
        return False

    def find(self, name: ScalarNode, problems: Problems) -> Thing | None:
        """The thing with this id; None if there is none (with a problem) or if its definition is wrong."""
        if name.text in self.things:
            return self.things[name.text]
        if self.is_complete:
            problems.add(self._unknown(name))
        return None

    def has(self, name: ScalarNode, problems: Problems) -> bool:
        """Whether something has this id; adds a problem if not."""
        if name.text not in self.things and self.is_complete:
            problems.add(self._unknown(name))
        return name.text in self.things

    def sound(self) -> dict[str, Thing]:
        """All that are well defined."""
        return {name: thing for name, thing in self.things.items() if thing is not None}

    def _unknown(self, name: ScalarNode) -> Problem:
        read = quoted(name.text)
        return Problem(
            f"unknown_{self.sort}",
            Text(f"没有名为 `{read}` 的{self.called.zh}。", f"There is no {self.called.en} called `{read}`."),
            name.place,
            read=read,
            allowed=tuple(self.things),
            suggestion=did_you_mean(name.text, self.things),
        )
