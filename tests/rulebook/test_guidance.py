"""Every point of the article that the rulebook starts from is covered by a rule, or left out with its reason."""

from __future__ import annotations

import pytest

from tests.rulebook.starter import starter_rulebook

POINTS = [f"G{number:02}" for number in range(1, 57)]
LEFT_OUT = {"G27", "G56"}


def test_all_points_are_listed_once() -> None:
    assert list(starter_rulebook().guidance) == POINTS


@pytest.mark.parametrize("point_id", [point for point in POINTS if point not in LEFT_OUT])
def test_a_point_is_covered_by_a_rule(point_id: str) -> None:
    assert any(point_id in rule.covers for rule in starter_rulebook().rules)


@pytest.mark.parametrize("point_id", sorted(LEFT_OUT))
def test_a_point_left_out_says_why_and_is_claimed_by_no_rule(point_id: str) -> None:
    rulebook = starter_rulebook()
    reason = rulebook.guidance[point_id].left_out
    assert reason is not None
    assert (len(reason.zh) > 20, len(reason.en) > 40) == (True, True)
    assert not any(point_id in rule.covers for rule in rulebook.rules)


def test_hearsay_of_the_article_is_corrected_where_it_is_covered() -> None:
    """Call counts and days of grace have no source: the rules that cover them name the standard, not the figure."""
    rulebook = starter_rulebook()
    for point_id in ("G03", "G07", "G08"):
        carriers = [rule for rule in rulebook.rules if point_id in rule.covers]
        assert all(ref.id != "article" for rule in carriers for ref in rule.sources[:1])
