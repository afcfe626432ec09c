"""Files that were read before are not parsed again, and everything is said of them as if they were."""

from __future__ import annotations

import pytest

from services.rulebook.problems import Problems
from services.rulebook.yaml_nodes import LARGEST_KEPT, MapNode, read_yaml

LARGE = "a: [" + "b, " * LARGEST_KEPT + "c]\n"


@pytest.mark.parametrize("text", ["a: b\n", LARGE], ids=["kept", "too large to be kept"])
def test_the_same_text_is_the_same_document(text: str) -> None:
    problems = Problems()
    assert read_yaml(text, "x.yaml", problems) == read_yaml(text, "x.yaml", problems) is not None
    assert problems.found == []


def test_a_kept_document_is_not_parsed_again() -> None:
    assert read_yaml("a: b\n", "x.yaml", Problems()) is read_yaml("a: b\n", "x.yaml", Problems())


def test_the_same_text_in_another_file_names_that_file() -> None:
    nodes = [read_yaml("a: b\n", file, Problems()) for file in ("x.yaml", "y.yaml")]
    assert [node.place.file for node in nodes if isinstance(node, MapNode)] == ["x.yaml", "y.yaml"]


@pytest.mark.parametrize("text", ["a: [b\n", "a: &x b\n", "a: 1\n<<: c\n"], ids=["syntax", "anchor", "merge"])
def test_what_is_wrong_is_said_every_time(text: str) -> None:
    first, second = Problems(), Problems()
    assert read_yaml(text, "x.yaml", first) is None
    assert read_yaml(text, "x.yaml", second) is None
    assert first.found == second.found != []
