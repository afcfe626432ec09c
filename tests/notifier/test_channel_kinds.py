"""A person's address is typed fields, and every mistake in it is named at once."""

from __future__ import annotations

import pytest

from services.casebook.channel_kinds import KINDS, AddressError, read_address, shown

SECRET = "whsec_" + "A" * 32


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("email", {"address": "li.na+ashore@example.org"}),
        ("webhook", {"url": "https://example.org:8443/hook?tenant=7", "secret": SECRET}),
        ("bark", {"device_key": "a1b2c3d4e5f6"}),
        ("telegram", {"bot_token": "123456789:" + "A" * 35, "chat_id": "-1001"}),
    ],
)
def test_an_address_is_kept_as_it_was_given(kind: str, raw: dict[str, str]) -> None:
    assert read_address(KINDS[kind], raw) == raw


@pytest.mark.parametrize(
    ("kind", "raw", "problems"),
    [
        ("email", {}, {"address": "missing"}),
        ("email", {"address": "li.na"}, {"address": "malformed"}),
        ("email", {"address": "a@example.org\nBcc: b@example.org"}, {"address": "malformed"}),
        ("email", {"address": 7}, {"address": "malformed"}),
        ("webhook", {"url": "file:///etc/passwd", "x": "y"}, {"x": "unknown", "url": "malformed", "secret": "missing"}),
        ("webhook", {"url": "https://user@example.org/", "secret": SECRET}, {"url": "malformed"}),
        ("bark", {"device_key": "abcdefgh", "host": "api.day.app/?redirect=yes"}, {"host": "malformed"}),
        ("serverchan", {"token": "abcdefgh?attach=file:///etc/passwd"}, {"token": "malformed"}),
    ],
)
def test_every_mistake_in_an_address_is_named(kind: str, raw: dict[str, object], problems: dict[str, str]) -> None:
    with pytest.raises(AddressError) as caught:
        read_address(KINDS[kind], raw)
    assert caught.value.problems == problems


def test_an_address_is_shown_covered() -> None:
    assert shown(KINDS["email"], {"address": "lina@example.org"}) == {"address": "l…@example.org"}
    assert shown(KINDS["serverchan"], {"token": "SCT123456"}) == {"token": "…56"}
