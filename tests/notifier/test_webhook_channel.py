"""A webhook is signed, never redirected, and says whether trying again can help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook

from services.notifier.channels.letter import DeliveryError
from services.notifier.channels.webhook import WebhookChannel
from tests.notifier.letters import NOW, a_letter
from tests.notifier.receiver import Receiver, webhook_receiver
from tests.servers import free_port

SECRET = "whsec_" + "c2VjcmV0" * 4
CHANNEL = WebhookChannel(lambda: NOW, are_private_allowed=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhook_receiver() as receiver:
        yield receiver


def send(receiver: Receiver, channel: WebhookChannel = CHANNEL) -> str:
    return channel.send(a_letter("delivery-7"), {"url": receiver.url, "secret": SECRET})


def failure(receiver: Receiver) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(receiver)
    return caught.value


def test_a_receiver_can_verify_what_arrives(receiver: Receiver) -> None:
    now = datetime.now().astimezone(timezone(timedelta(hours=8)))
    assert send(receiver, WebhookChannel(lambda: now, are_private_allowed=True)) == "204"
    (arrived,) = receiver.arrived
    assert Webhook(SECRET).verify(arrived.body, arrived.headers)["type"] == "follow_up.due"


def test_a_repeat_has_the_same_id(receiver: Receiver) -> None:
    send(receiver)
    send(receiver)
    assert receiver.keys == ["delivery-7", "delivery-7"]


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, True), (404, True), (410, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_an_answer_says_whether_trying_again_can_help(receiver: Receiver, status: int, permanent: bool) -> None:
    receiver.status = status
    error = failure(receiver)
    assert (error.code, error.permanent, error.is_ambiguous) == (str(status), permanent, False)


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("120", timedelta(minutes=2)),
        ("Tue, 24 Nov 2026 04:10:00 GMT", timedelta(minutes=10)),
        ("Tue, 24 Nov 2026 03:00:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
    ],
)
def test_a_receiver_that_asks_for_patience_is_heard(receiver: Receiver, header: str, pause: timedelta | None) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": header}
    assert failure(receiver).retry_after == pause


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    assert failure(receiver).permanent
    assert len(receiver.arrived) == 1


def test_a_receiver_that_hangs_up_leaves_doubt(receiver: Receiver) -> None:
    receiver.hangs_up = True
    assert failure(receiver).is_ambiguous


def test_a_receiver_that_is_down_leaves_no_doubt() -> None:
    with pytest.raises(DeliveryError) as caught:
        CHANNEL.send(a_letter(), {"url": f"http://127.0.0.1:{free_port()}/", "secret": SECRET})
    assert (caught.value.permanent, caught.value.is_ambiguous) == (False, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "2130706433"])
def test_a_webhook_cannot_be_aimed_at_our_own_network(receiver: Receiver, host: str) -> None:
    url = receiver.url.replace("http://127.0.0.1", f"https://{host}")
    with pytest.raises(DeliveryError) as caught:
        WebhookChannel(lambda: NOW).send(a_letter(), {"url": url, "secret": SECRET})
    assert (caught.value.code, caught.value.permanent) == ("address_not_public", True)
    assert receiver.arrived == []


def test_a_webhook_without_encryption_is_for_ones_own_network_only() -> None:
    with pytest.raises(DeliveryError) as caught:
        WebhookChannel(lambda: NOW).send(a_letter(), {"url": "http://example.org/", "secret": SECRET})
    assert caught.value.code == "needs_https"
