"""A link does what it was signed for, until its time is up, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casebook.links import Link, LinkError, LinkSigner, Purpose

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=60)
SIGNER = LinkSigner("k" * 32, "https://ashore.example.org/")
ANSWER = Link(Purpose.ANSWER, 17, "refused")


def test_a_link_says_what_it_was_signed_for() -> None:
    assert SIGNER.read(SIGNER.token(ANSWER, LATER), NOW) == ANSWER


def test_the_address_of_a_link_does_not_say_what_it_does() -> None:
    url = SIGNER.url(ANSWER, LATER)
    assert url.startswith("https://ashore.example.org/m/")
    assert "refused" not in url


def test_an_old_link_says_that_it_is_too_old() -> None:
    with pytest.raises(LinkError) as caught:
        SIGNER.read(SIGNER.token(ANSWER, LATER), LATER + timedelta(seconds=1))
    assert caught.value.is_late


def test_another_installation_cannot_sign_our_links() -> None:
    foreign = LinkSigner("x" * 32, "https://ashore.example.org").token(ANSWER, LATER)
    with pytest.raises(LinkError) as caught:
        SIGNER.read(foreign, NOW)
    assert not caught.value.is_late


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_link_never_does_anything_else(place: int, other: str) -> None:
    token = SIGNER.token(ANSWER, LATER)
    place %= len(token)
    changed = token[:place] + other + token[place + 1 :]
    with suppress(LinkError):
        assert SIGNER.read(changed, NOW) == ANSWER  # the last character of the signature has spare bits


@given(st.text(max_size=2000))
def test_any_text_at_all_is_refused_politely(token: str) -> None:
    with pytest.raises(LinkError):
        SIGNER.read(token, NOW)
