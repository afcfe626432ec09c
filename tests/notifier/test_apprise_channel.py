"""Push services get typed fields; nothing that a person types can become an option of Apprise."""

from __future__ import annotations

import pytest

from services.casebook.channel_kinds import KINDS
from services.notifier.channels.apprise import PLUGINS, AppriseChannel
from services.notifier.channels.letter import DeliveryError
from tests.notifier.letters import a_letter

ADDRESSES = {
    "wecombot": {"key": "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"},
    "dingtalk": {"token": "a" * 64},
    "feishu": {"token": "0123abcd-0123"},
    "serverchan": {"token": "SCT12345"},
    "bark": {"device_key": "a1b2c3d4e5f6"},
    "pushplus": {"token": "a" * 32},
    "wxpusher": {"token": "AT_abcdefgh12", "uid": "UID_abcdefgh12"},
    "telegram": {"bot_token": "123456789:" + "A" * 35, "chat_id": "12345"},
    "ntfy": {"topic": "ashore-a1b2c3d4"},
}


def test_every_kind_of_channel_has_a_way_out() -> None:
    assert set(KINDS) == {"email", "webhook", *PLUGINS}
    assert set(ADDRESSES) == set(PLUGINS)


@pytest.mark.parametrize("kind", PLUGINS)
def test_apprise_understands_the_fields_of_each_kind(kind: str) -> None:
    service = AppriseChannel(kind)._service(ADDRESSES[kind])
    assert service.redirects is False
    assert service.verify_certificate is True


@pytest.mark.parametrize("kind", ["bark", "wxpusher", "telegram", "ntfy"])
def test_apprise_knows_whom_to_write_to(kind: str) -> None:
    assert len(AppriseChannel(kind)._service(ADDRESSES[kind])) == 1


def test_a_host_inside_our_network_is_refused_for_good() -> None:
    with pytest.raises(DeliveryError) as caught:
        AppriseChannel("bark").send(a_letter(), {"device_key": "a1b2c3d4e5f6", "host": "localhost"})
    assert (caught.value.code, caught.value.permanent) == ("address_not_public", True)


def test_an_address_that_apprise_cannot_use_is_refused_for_good() -> None:
    with pytest.raises(DeliveryError) as caught:
        AppriseChannel("telegram").send(a_letter(), {"bot_token": "x", "chat_id": "12345"})
    assert (caught.value.code, caught.value.permanent) == ("malformed_address", True)


def test_a_service_that_does_not_accept_leaves_doubt() -> None:
    channel = AppriseChannel("bark", are_private_allowed=True)
    with pytest.raises(DeliveryError) as caught:
        channel.send(a_letter(), {"device_key": "a1b2c3d4e5f6", "host": "localhost"})
    assert (caught.value.code, caught.value.permanent, caught.value.is_ambiguous) == ("not_accepted", False, True)
