"""The bootstrap hands pip's index configuration on to uv, which does not read it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "requirements" / "install.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_mirror_that_pip_uses_is_the_one_that_uv_uses(script: ModuleType) -> None:
    pip = {"index-url": "https://mirror.example/simple", "extra-index-url": "https://a.example\nhttps://b.example"}
    handed_on = script.uv_environment(pip, {})
    assert handed_on["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert handed_on["UV_INDEX"] == "https://a.example https://b.example"


def test_folders_with_wheels_are_separated_by_commas(script: ModuleType) -> None:
    assert script.uv_environment({"find-links": "./a ./b"}, {})["UV_FIND_LINKS"] == "./a,./b"


def test_what_is_set_for_uv_itself_wins(script: ModuleType) -> None:
    environ = {"UV_DEFAULT_INDEX": "https://chosen.example"}
    handed_on = script.uv_environment({"index-url": "https://mirror.example"}, environ)
    assert handed_on["UV_DEFAULT_INDEX"] == "https://chosen.example"


def test_no_interpreter_is_ever_downloaded(script: ModuleType) -> None:
    assert script.uv_environment({}, {})["UV_PYTHON_DOWNLOADS"] == "never"
