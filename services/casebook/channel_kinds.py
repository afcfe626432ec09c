"""The kinds of channel a person can give, each with its typed fields; never a URL with free parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
NAME = rf"{LABEL}(?:\.{LABEL}){{0,20}}"
HOST = rf"(?=.{{1,253}}\Z){NAME}"
TOKEN = r"[A-Za-z0-9_-]{8,128}"
EMAIL = rf"(?=.{{3,254}}\Z)[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{NAME}"
WEBHOOK_URL = rf"https?://{NAME}(?::[0-9]{{1,5}})?(?:/[!-~]{{0,1000}})?"
WEBHOOK_SECRET = r"whsec_[A-Za-z0-9+/]{24,128}={0,2}"


@dataclass(frozen=True, slots=True)
class ChannelField:
    """One thing to fill in. `pattern` describes the whole value; a secret is never shown again or logged."""

    name: str
    pattern: str
    is_secret: bool = False
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One way to reach a person, and what is needed for it."""

    id: str
    fields: tuple[ChannelField, ...]

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


class AddressError(Exception):
    """Not an address of this kind: `problems` maps each field to `missing`, `malformed` or `unknown`."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = dict(problems)


def _secret(name: str, pattern: str = TOKEN, is_required: bool = True) -> ChannelField:
    return ChannelField(name, pattern, is_secret=True, is_required=is_required)


KINDS: Mapping[str, ChannelKind] = {
    kind.id: kind
    for kind in (
        ChannelKind("email", (ChannelField("address", EMAIL),)),
        ChannelKind("webhook", (ChannelField("url", WEBHOOK_URL), _secret("secret", WEBHOOK_SECRET))),
        ChannelKind("wecombot", (_secret("key"),)),
        ChannelKind("dingtalk", (_secret("token", r"[A-Za-z0-9]{8,128}"), _secret("secret", is_required=False))),
        ChannelKind("feishu", (_secret("token"),)),
        ChannelKind("serverchan", (_secret("token", r"[A-Za-z0-9-]{8,128}"),)),
        ChannelKind("bark", (_secret("device_key"), ChannelField("host", HOST, is_required=False))),
        ChannelKind("pushplus", (_secret("token", r"[A-Za-z0-9_-]{32,64}"),)),
        ChannelKind("wxpusher", (_secret("token", r"AT_[A-Za-z0-9]{8,64}"), _secret("uid", r"UID_[A-Za-z0-9]{8,64}"))),
        ChannelKind(
            "telegram",
            (_secret("bot_token", r"[0-9]{5,20}:[A-Za-z0-9_-]{20,60}"), ChannelField("chat_id", r"-?[0-9]{1,32}")),
        ),
        ChannelKind("ntfy", (_secret("topic", r"[A-Za-z0-9_-]{8,64}"),)),
    )
}


def read_address(kind: ChannelKind, raw: Mapping[str, object]) -> dict[str, str]:
    """The address with exactly the fields of its kind. Raises AddressError with every problem at once."""
    problems = {name: "unknown" for name in raw if name not in kind.field_names}
    address: dict[str, str] = {}
    for field in kind.fields:
        value = raw.get(field.name)
        if value is None:
            if field.is_required:
                problems[field.name] = "missing"
        elif isinstance(value, str) and re.fullmatch(field.pattern, value):
            address[field.name] = value
        else:
            problems[field.name] = "malformed"
    if problems:
        raise AddressError(problems)
    return address


def shown(kind: ChannelKind, address: Mapping[str, str]) -> dict[str, str]:
    """The address as it may be shown to its owner: secrets and most of an e-mail address are covered."""
    return {field.name: _covered(field, address[field.name]) for field in kind.fields if field.name in address}


def _covered(field: ChannelField, value: str) -> str:
    if field.is_secret:
        return f"…{value[-2:]}"
    if "@" in value:
        name, _, domain = value.partition("@")
        return f"{name[:1]}…@{domain}"
    return value
