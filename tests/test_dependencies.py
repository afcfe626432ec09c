"""What pyproject.toml asks for is what the services use: nothing by chance, nothing for show."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

NOT_IMPORTED = {
    "granian": "serves the advisor, as a command",
    "psycopg": "the driver that SQLAlchemy loads for PostgreSQL",
    "tzdata": "time zones, where the system has none",
    "django-js-lib-htmx": "one file of it is served",
    "manimgx-fonts-cjk": "the font of it is put into PDFs",
}


def test_every_package_that_the_services_import_is_asked_for() -> None:
    assert packages_of(imported()) - declared() == set()


def test_every_package_that_is_asked_for_is_used() -> None:
    assert declared() - packages_of(imported()) - set(NOT_IMPORTED) == set()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {plain(re.split(r"[<>=\[; ]", wanted)[0]) for wanted in project["dependencies"]}


def imported() -> set[str]:
    """The first word of every import in `services` that is neither ours nor Python's."""
    trees = [ast.parse(path.read_text()) for path in (ROOT / "services").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"services", "_typeshed"}


def packages_of(modules: set[str]) -> set[str]:
    found = packages_distributions()
    return {plain(found[module][0]) for module in modules}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
