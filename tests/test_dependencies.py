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

SERVED = {"nicegui": "the CodeMirror in it is served by services/advisor/studio/codemirror.py"}
"""Packages of requirements/assets.in: never imported, so they come without what they need."""


def test_every_package_that_the_services_import_is_asked_for() -> None:
    assert [module for module, packages in imported().items() if not packages & declared()] == []


def test_every_package_that_is_asked_for_is_used() -> None:
    used = {package for packages in imported().values() for package in packages}
    assert declared() - used - set(NOT_IMPORTED) == set()


def test_packages_of_which_only_files_are_served_are_imported_nowhere_and_bring_no_others() -> None:
    assert pinned("assets.in") == pinned("assets.txt") == set(SERVED)
    assert not {package for packages in imported().values() for package in packages} & set(SERVED)


def test_an_installation_without_those_files_is_not_broken_by_their_absence() -> None:
    assert not declared() & set(SERVED)


def pinned(file: str) -> set[str]:
    lines = (ROOT / "requirements" / file).read_text().splitlines()
    return {plain(re.split(r"[<>=\[; ]", line)[0]) for line in lines if re.match(r"\w", line)}


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {plain(re.split(r"[<>=\[; ]", wanted)[0]) for wanted in project["dependencies"]}


def imported() -> dict[str, set[str]]:
    """The packages that may be behind every import in `services` that is neither ours nor Python's."""
    trees = [ast.parse(path.read_text()) for path in (ROOT / "services").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    modules = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"services", "_typeshed"}
    packages = packages_distributions()
    return {module: {plain(name) for name in packages[module]} for module in modules}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
