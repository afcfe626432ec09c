"""The advisor with the small rulebook over a database of its own, and organisations that work on its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from services.advisor.app import create_app
from services.advisor.parts import NAME
from services.casebook.access import add_organisation
from services.casebook.database import Database
from services.casebook.model import Role
from services.casebook.settings import Settings
from tests.rulebook.small_rulebook import changed

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NEW = {"title": "A week of grace", "why": "Jiebei grants seven days."}
NARROW = {"kind": "rules", "id": "pay-today", "set": {"when": {"days_overdue": "0..30"}}}
"""Leaves everybody who is later with the fallback alone."""
URGENCY = {"kind": "rules", "id": "pay-today", "set": {"urgency": "now"}}
PAY = "topics/pay.yaml"


def sound_files() -> dict[str, str]:
    """The small rulebook without its mistakes: it may be published."""
    return changed(PAY, "    days_overdue: 1..90\n    negotiation: not refused\n", "    days_overdue: 0..3650\n")


@dataclass
class World:
    """One installation, with a clock that a test may move."""

    app: Flask
    now: datetime = NOON
    keys: dict[Role | None, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions[NAME].database
        return database

    def desk(self, role: Role | None = Role.EDITOR) -> Desk:
        """Somebody with this role; None has a key without any. The same person each time."""
        if role not in self.keys:
            self.keys[role] = self.new_key(role)
        return Desk(self, self.keys[role])

    def new_key(self, role: Role | None) -> str:
        with self.database.write() as session:
            return add_organisation(session, f"the {role or 'counsellors'}", self.now, role)[1]


@dataclass(frozen=True)
class Desk:
    """What one organisation can do."""

    world: World
    key: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        sent = {
            "Authorization": f"Bearer {self.key}",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        return self.world.app.test_client().open(f"/v1{path}", method=method, json=body, headers=sent)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        return self.ask("POST", path, body, **headers)

    def begin(self, **more: Any) -> Draft:
        begun = self.post("/drafts", {**NEW, **more})
        assert begun.status_code == 201, begun.text
        return Draft(self, begun.json["id"])


@dataclass(frozen=True)
class Draft:
    """A draft as one organisation sees it."""

    desk: Desk
    id: str

    def by(self, role: Role) -> Draft:
        """The same draft, before somebody else."""
        return replace(self, desk=self.desk.world.desk(role))

    def get(self, path: str = "") -> Any:
        answer = self.desk.get(f"/drafts/{self.id}{path}")
        assert answer.status_code == 200, answer.text
        return answer.json

    @property
    def files(self) -> Mapping[str, str]:
        files: Mapping[str, str] = self.get("?include=files")["files"]
        return files

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        return self.desk.post(f"/drafts/{self.id}{path}", body, **headers)

    def discard(self, **headers: str) -> TestResponse:
        return self.desk.ask("DELETE", f"/drafts/{self.id}", **headers)

    def change(self, body: object, seen: int | None = None) -> TestResponse:
        """As somebody who saw this version, or the present one."""
        version = self.get()["version"] if seen is None else seen
        return self.desk.ask("PATCH", f"/drafts/{self.id}", body, If_Match=f'"draft-{self.id}-v{version}"')

    def approved(self) -> Draft:
        """Handed in by its editor and approved by a publisher, who has it in hand now."""
        for done in (self.post("/submit"), self.by(Role.PUBLISHER).post("/approve")):
            assert done.status_code == 200, done.text
        return self.by(Role.PUBLISHER)


def started(settings: Settings, url: str, rules: Path, files: Mapping[str, str]) -> Iterator[World]:
    for name, text in files.items():
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        (rules / name).write_text(text, encoding="utf-8")
    world = World(Flask("not yet"))
    chosen = replace(settings, database_url=url, rules=rules)
    world.app = create_app(chosen, clock=lambda: world.now, log_to=StringIO())
    yield world
    world.database.close()
