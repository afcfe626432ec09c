"""Imports run one way: rulebook <- casebook <- advisor, notifier; read in the source, seen in a fresh interpreter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ROOT / "services"

MAY_IMPORT = {
    "rulebook": {"rulebook"},
    "casebook": {"casebook", "rulebook"},
    "advisor": {"advisor", "casebook", "rulebook"},
    "notifier": {"notifier", "casebook", "rulebook"},
    "launch": {"launch", "casebook"},
}
"""For each part, the parts of `services` that it may know. The command line (commands, cli) stands above them all."""

NOT_FOR_THE_RULEBOOK = {
    *("flask", "flask_smorest", "werkzeug", "sqlalchemy", "alembic", "psycopg", "redis", "rq", "apprise", "granian"),
    *("environs", "dotenv", "socket", "http", "urllib", "requests", "sqlite3", "time"),
}
"""No web, no database, no queue, no clock, no environment."""

FIRST_OF_EACH = {
    "rulebook": "services.rulebook.advice",
    "casebook": "services.casebook.cases",
    "advisor": "services.advisor.app",
    "notifier": "services.notifier.worker",
}
"""The module that pulls in most of its part."""

FILES = sorted(path for path in SERVICES.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SERVICES).as_posix())
def test_a_module_imports_only_what_its_part_may_know(path: Path) -> None:
    allowed = MAY_IMPORT.get(path.relative_to(SERVICES).parts[0])
    if allowed is not None:
        assert {part for part in parts_imported(path) if part not in allowed} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SERVICES).as_posix())
def test_nothing_in_services_imports_the_tests(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in {"tests", "pytest", "benchmarks"}}


def test_only_the_matcher_knows_durable_rules() -> None:
    users = {path.name for path in FILES if any(name.split(".")[0].startswith("durable") for name in imports(path))}
    assert users == {"matcher.py"}


@pytest.mark.parametrize("path", sorted((SERVICES / "rulebook").rglob("*.py")), ids=lambda path: path.name)
def test_the_rulebook_is_pure(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in NOT_FOR_THE_RULEBOOK}


@pytest.mark.parametrize("path", sorted((SERVICES / "rulebook").rglob("*.py")), ids=lambda path: path.name)
def test_the_rulebook_asks_no_clock_and_no_environment(path: Path) -> None:
    asked = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert not asked & {"date.today", "datetime.now", "datetime.utcnow", "os.environ", "os.getenv"}


@pytest.mark.parametrize("part", sorted(FIRST_OF_EACH))
def test_a_fresh_interpreter_loads_no_part_that_it_may_not_know(part: str) -> None:
    loaded = modules_after_importing(FIRST_OF_EACH[part])
    parts = {name.split(".")[1] for name in loaded if name.startswith("services.")}
    assert parts <= MAY_IMPORT[part]


def test_a_fresh_interpreter_loads_the_rulebook_without_web_database_and_queue() -> None:
    roots = {name.split(".")[0] for name in modules_after_importing(FIRST_OF_EACH["rulebook"])}
    assert not roots & {"flask", "sqlalchemy", "redis", "rq", "environs", "apprise"}


def imports(path: Path) -> Iterator[str]:
    """The dotted names of everything a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; write the whole path"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_imported(path: Path) -> set[str]:
    names = (name.split(".") for name in imports(path))
    return {name[1] for name in names if name[0] == "services" and len(name) > 1}


def modules_after_importing(module: str) -> list[str]:
    program = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()
