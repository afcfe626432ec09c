"""Mail reaches a real server once, with an identity that a repeat keeps."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

import pytest

from services.casebook.settings import MailSettings
from services.notifier.channels.email import EmailChannel
from services.notifier.channels.letter import DeliveryError
from tests.notifier.letters import a_letter
from tests.notifier.mailbox import Mailbox, mail_server
from tests.servers import free_port

TO = {"address": "lina@example.org"}


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def channel(mailbox: Mailbox) -> Iterator[EmailChannel]:
    with mail_server(mailbox) as channel:
        yield channel


def test_a_letter_arrives_as_text_and_html(channel: EmailChannel, mailbox: Mailbox) -> None:
    assert channel.send(a_letter(), TO) == "250"
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Ashore：请抽两分钟看一下"
    assert mail["To"] == "lina@example.org"
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert "Have they answered?" in text.get_content()
    assert html is not None
    assert "https://ashore.example.org/m/yes" in html.get_content()


def test_a_repeat_has_the_same_message_id(channel: EmailChannel, mailbox: Mailbox) -> None:
    channel.send(a_letter("delivery-7"), TO)
    channel.send(a_letter("delivery-7"), TO)
    assert [mail["Message-ID"] for mail in mailbox.mails] == ["<delivery-7@example.net>"] * 2


def test_a_mail_can_be_unsubscribed_with_one_click(channel: EmailChannel, mailbox: Mailbox) -> None:
    channel.send(a_letter(), TO)
    (mail,) = mailbox.mails
    assert mail["List-Unsubscribe"] == "<https://ashore.example.org/m/stop>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(("code", "permanent"), [("450", False), ("550", True)])
def test_a_refused_address_is_tried_again_only_if_the_server_says_so(
    channel: EmailChannel, mailbox: Mailbox, code: str, permanent: bool
) -> None:
    mailbox.answer_to_rcpt = f"{code} no"
    with pytest.raises(DeliveryError) as caught:
        channel.send(a_letter(), TO)
    assert (caught.value.code, caught.value.permanent) == (code, permanent)
    assert mailbox.mails == []


def test_a_mail_that_is_refused_as_a_whole_is_tried_again(channel: EmailChannel, mailbox: Mailbox) -> None:
    mailbox.answer_to_data = "451 greylisted"
    with pytest.raises(DeliveryError) as caught:
        channel.send(a_letter(), TO)
    assert not caught.value.permanent


def test_a_mail_server_that_is_down_is_tried_again() -> None:
    settings = MailSettings("127.0.0.1", free_port(), "none", "", "", "ashore@example.net")
    with pytest.raises(DeliveryError) as caught:
        EmailChannel(settings, "Ashore").send(a_letter(), TO)
    assert (caught.value.code, caught.value.permanent) == ("mail_server_unreachable", False)


def test_a_mail_server_without_encryption_is_refused_when_it_was_asked_for(channel: EmailChannel) -> None:
    strict = replace(channel, settings=replace(channel.settings, security="starttls"))
    with pytest.raises(DeliveryError) as caught:
        strict.send(a_letter(), TO)
    assert (caught.value.code, caught.value.permanent) == ("mail_server_not_as_configured", False)


def test_a_mail_server_that_hangs_up_leaves_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        settings = MailSettings("127.0.0.1", server.getsockname()[1], "none", "", "", "ashore@example.net")
        with _hanging_up(server), pytest.raises(DeliveryError) as caught:
            EmailChannel(settings, "Ashore").send(a_letter(), TO)
    assert caught.value.is_ambiguous


@contextmanager
def _hanging_up(server: socket.socket) -> Iterator[None]:
    """Whoever connects is cut off at once."""
    thread = Thread(target=_cut_off, args=(server,))
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _cut_off(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.close()
