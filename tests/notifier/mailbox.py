"""A real mail server that keeps what arrives, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.casebook.settings import MailSettings
from services.notifier.channels.email import EmailChannel
from tests.servers import free_port


class Mailbox:
    """Keeps what arrives; answers RCPT and DATA as it was told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer_to_rcpt = "250 OK"
        self.answer_to_data = "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answer_to_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        mail: Any = message_from_bytes(envelope.content or b"", policy=policy.default)
        self.mails.append(mail)
        return self.answer_to_data


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[EmailChannel]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings = MailSettings("127.0.0.1", controller.port, "none", "", "", "ashore@example.net")
        yield EmailChannel(settings, "Ashore 上岸")
    finally:
        controller.stop()
