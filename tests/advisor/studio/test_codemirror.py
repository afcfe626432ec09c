"""The modules of the text view's editor: served from the folder of one package; where it is missing, done without."""

from __future__ import annotations

import json
import re
import sys
from io import StringIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from services.advisor.app import create_app
from services.advisor.studio.codemirror import SETTING, editor_address, editor_folder
from services.casebook.settings import Settings
from tests.advisor.conftest import NOON


@pytest.fixture
def address(studio: Flask) -> str:
    with studio.test_request_context("/studio/"):
        found = editor_address()
    assert found is not None
    return found


def fetched(studio: Flask, address: str) -> TestResponse:
    """The whole answer; the file behind it is closed."""
    with studio.test_client().get(address, buffered=True) as answer:
        return answer


def test_a_module_comes_as_a_script_that_browsers_may_keep(studio: Flask, address: str) -> None:
    answer = fetched(studio, address)
    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "EditorView" in answer.get_data(as_text=True)


def test_the_modules_that_it_loads_lie_beside_it(studio: Flask, address: str) -> None:
    script = fetched(studio, address).get_data(as_text=True)
    beside = re.findall(r'from\s*"\./([\w-]+\.js)"', script)
    folder = address.rpartition("/")[0]
    assert beside
    assert {fetched(studio, f"{folder}/{name}").status_code for name in beside} == {200}


@pytest.mark.parametrize("name", ["../codemirror.js", "..%2Fcodemirror.js", "index.js.map", "missing.js", "index"])
def test_nothing_else_of_the_package_is_served(studio: Flask, address: str, name: str) -> None:
    assert fetched(studio, f"{address.rpartition('/')[0]}/{name}").status_code in (303, 404)


def test_an_address_of_another_version_leads_nowhere(studio: Flask) -> None:
    assert fetched(studio, "/studio/editor/0.0.0/index.js").status_code == 404


def test_the_package_is_found_and_never_imported() -> None:
    assert editor_folder() is not None
    assert "nicegui" not in sys.modules


def test_without_the_package_there_is_no_address_and_the_log_says_so_once(studio_settings: Settings) -> None:
    log = StringIO()
    app = create_app(studio_settings, clock=lambda: NOON, log_to=log)
    app.config[SETTING] = "no_such_package"
    with app.test_request_context("/studio/"):
        assert [editor_address(), editor_address()] == [None, None]
    said = [json.loads(line) for line in log.getvalue().splitlines() if "no_editor" in line]
    assert [line["instead"] for line in said] == ["a plain text area"]
