"""Second looks at answers that are often slips: nothing is refused, the person is only asked once more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from services.advisor.pages.form_values import FEN_PER_YUAN
from services.rulebook.model import Fact, Kind, Text

CATALOGUE = Path(__file__).resolve().parents[1] / "texts" / "probes.yaml"


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks again when the answer, in yuan for money, lies from `low` to `high`."""

    fact: str
    low: int
    high: int | None
    text: Text

    def meets(self, fact: Fact, value: object) -> bool:
        if fact.id != self.fact or not isinstance(value, int):
            return False
        typed = value / FEN_PER_YUAN if fact.kind is Kind.MONEY else value
        return self.low <= typed and (self.high is None or typed <= self.high)


def read_probes(path: Path = CATALOGUE) -> tuple[Probe, ...]:
    entries = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["probes"]
    return tuple(
        Probe(entry["fact"], entry.get("from", entry.get("is")), entry.get("is"), Text(entry["zh"], entry["en"]))
        for entry in entries
    )
