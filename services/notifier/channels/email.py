"""E-mail by the operator's own mail server, with a Message-ID that stays the same however often it is sent."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, parseaddr

from services.casebook.settings import MailSettings
from services.notifier.channels.letter import DeliveryError, Letter, OnDoubt
from services.notifier.layout import as_html

PATIENCE = 20.0
"""Seconds that the mail server may take to answer one command."""


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """Mail readers and most servers drop a repeat by its Message-ID, and a second copy does no harm."""

    settings: MailSettings
    sender_name: str
    on_doubt: OnDoubt = OnDoubt.RESEND

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:
        message = as_email(letter, address["address"], self.settings.sender, self.sender_name)
        try:
            with self._connected() as server:
                return _hand_over(server, message, address["address"], parseaddr(self.settings.sender)[1])
        except smtplib.SMTPResponseException as error:
            raise _as_error(error.smtp_code) from error
        except smtplib.SMTPServerDisconnected as error:
            raise DeliveryError("disconnected", is_ambiguous=True) from error
        except TimeoutError as error:
            raise DeliveryError("timeout", is_ambiguous=True) from error
        except smtplib.SMTPException as error:
            raise DeliveryError("mail_server_not_as_configured") from error
        except OSError as error:
            raise DeliveryError("mail_server_unreachable") from error

    def _connected(self) -> smtplib.SMTP:
        host, port, name = self.settings.host, self.settings.port, socket.gethostname()
        if self.settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=PATIENCE, context=_context())
        else:
            server = smtplib.SMTP(host, port, name, timeout=PATIENCE)
        try:
            if self.settings.security == "starttls":
                server.starttls(context=_context())
            if self.settings.user:
                server.login(self.settings.user, self.settings.password)
        except BaseException:
            server.close()
            raise
        return server


def as_email(letter: Letter, to: str, sender: str, sender_name: str) -> EmailMessage:
    """The letter as a mail with both a text and a simple HTML part, and one-click unsubscribing (RFC 8058)."""
    address = parseaddr(sender)[1]
    message = EmailMessage()
    message["From"] = formataddr((sender_name, address))
    message["To"] = to
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{letter.key}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message["List-Unsubscribe"] = f"<{letter.stop_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.as_text())
    message.add_alternative(as_html(letter), subtype="html")
    return message


def _hand_over(server: smtplib.SMTP, message: EmailMessage, to: str, sender: str) -> str:
    """Gives the server's code. Until the data has been sent, a failure cannot have delivered anything."""
    server.ehlo_or_helo_if_needed()
    for code, _ in (server.mail(sender), server.rcpt(to)):
        if code not in (250, 251):
            raise _as_error(code)
    code, _ = server.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
    if code != 250:
        raise _as_error(code)
    return str(code)


def _as_error(code: int) -> DeliveryError:
    """SMTP says with its first digit whether trying again can help: 4 yes, 5 no (RFC 5321, section 4.2.1)."""
    return DeliveryError(str(code), permanent=500 <= code < 600)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
