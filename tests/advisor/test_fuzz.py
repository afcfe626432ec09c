"""Whatever is sent, it is answered or refused: never a fault of ours, never no end."""

from __future__ import annotations

from typing import Any

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rulebook.model import Fact, Kind, Rulebook

PATHS = st.sampled_from(["/v1/advice", "/v1/advice/batch"])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


def assert_answered(app: Flask, path: str, **sent: Any) -> None:
    response = app.test_client().post(path, **sent)
    assert response.status_code in (200, 400, 413, 415, 422)
    assert response.mimetype == ("application/json" if response.status_code == 200 else "application/problem+json")
    assert isinstance(response.get_json(), dict)


@given(path=PATHS, data=st.binary(max_size=500))
@settings(max_examples=150, deadline=None)
def test_any_bytes(app: Flask, path: str, data: bytes) -> None:
    assert_answered(app, path, data=data, content_type="application/json")


@given(path=PATHS, value=JSON_VALUES)
@settings(max_examples=100, deadline=None)
def test_any_json(app: Flask, path: str, value: object) -> None:
    assert_answered(app, path, json=value)


@given(
    path=PATHS,
    members=st.dictionaries(st.sampled_from(["facts", "as_of", "language", "declined", "situations"]), JSON_VALUES),
)
@settings(max_examples=100, deadline=None)
def test_any_values_of_the_known_members(app: Flask, path: str, members: dict[str, object]) -> None:
    assert_answered(app, path, json=members)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_facts_of_the_vocabulary(app: Flask, rulebook: Rulebook, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(rulebook.facts)), unique=True, max_size=12))
    facts = {name: data.draw(values_of(rulebook.facts[name]) | JSON_VALUES) for name in names}
    declined = data.draw(st.lists(st.sampled_from(sorted(rulebook.facts)), max_size=3))
    assert_answered(app, "/v1/advice", json={"facts": facts, "declined": declined})


@given(data=st.data(), day=st.dates())
@settings(max_examples=150, deadline=None)
def test_any_situation_on_any_day(app: Flask, rulebook: Rulebook, data: st.DataObject, day: Any) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(rulebook.facts)), unique=True, max_size=20))
    facts = {name: data.draw(values_of(rulebook.facts[name])) for name in names}
    assert_answered(app, "/v1/advice", json={"facts": facts, "as_of": day.isoformat()})


@given(query=st.text(max_size=30), header=st.text(alphabet=st.characters(max_codepoint=255), max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_query_and_any_header(app: Flask, query: str, header: str) -> None:
    usable = header.replace("\r", "").replace("\n", "")
    headers = {"Accept-Language": usable, "If-None-Match": usable, "X-Request-ID": usable, "Content-Encoding": ""}
    response = app.test_client().get("/v1/facts", query_string=query, headers=headers)
    assert response.status_code in (200, 304, 422)


def values_of(fact: Fact) -> st.SearchStrategy[Any]:
    """Values that the fact may hold, as JSON."""
    if fact.kind is Kind.YES_NO:
        return st.booleans()
    if fact.kind is Kind.ONE_OF:
        return st.sampled_from(fact.words)
    if fact.kind is Kind.SOME_OF:
        return st.lists(st.sampled_from(fact.words), unique=True)
    if fact.kind is Kind.DATE:
        return st.dates().map(lambda day: day.isoformat())
    return st.integers(fact.minimum, fact.maximum)
