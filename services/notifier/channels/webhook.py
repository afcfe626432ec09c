"""Webhooks in the manner of Standard Webhooks: signed, with a stable id, and never following a redirect."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from services.casebook.clock import Clock
from services.notifier.channels.guard import only_public_addresses
from services.notifier.channels.letter import DeliveryError, Letter, OnDoubt

PATIENCE = 15.0
"""Seconds that the receiver may take for each step of its answer."""

GONE = (404, 410)
TRY_LATER = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """The receiver drops a repeat by its `webhook-id`; so an operator reaches SMS or a chat system of their own."""

    clock: Clock
    are_private_allowed: bool = False
    on_doubt: OnDoubt = OnDoubt.RESEND

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:
        body = json.dumps(as_payload(letter), ensure_ascii=False).encode()
        headers = self._signed(letter.key, body, address["secret"])
        with only_public_addresses(self.are_private_allowed):
            status, retry_after = _post(address["url"], body, headers, self.are_private_allowed)
        if 200 <= status < 300:
            return str(status)
        raise self._as_error(status, retry_after)

    def _signed(self, key: str, body: bytes, secret: str) -> dict[str, str]:
        now = self.clock().astimezone(UTC)  # the signature holds the timestamp, and another zone signs a wrong one
        return {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "Ashore",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(key, now, body.decode()),
        }

    def _as_error(self, status: int, retry_after: str | None) -> DeliveryError:
        is_permanent = 300 <= status < 500 and status not in TRY_LATER
        return DeliveryError(str(status), permanent=is_permanent, retry_after=_pause(retry_after, self.clock()))


def as_payload(letter: Letter) -> dict[str, object]:
    """What the receiver reads. It names no case and no fact; the links are the only way back."""
    return {
        "type": "follow_up.due",
        "data": {
            "id": letter.key,
            "language": letter.language,
            "subject": letter.subject,
            "text": letter.as_text(),
            "short_text": letter.as_short_text(),
            "question": letter.question,
            "answers": [{"label": button.label, "url": button.url} for button in letter.buttons],
            "stop_url": letter.stop_url,
        },
    }


def _post(url: str, body: bytes, headers: Mapping[str, str], is_plain_allowed: bool) -> tuple[int, str | None]:
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, is_plain_allowed)
    try:
        connection.connect()
    except OSError as error:
        raise DeliveryError("unreachable") from error
    try:
        connection.request("POST", target, body, dict(headers))
        response = connection.getresponse()
        return response.status, response.getheader("retry-after")
    except TimeoutError as error:
        raise DeliveryError("timeout", is_ambiguous=True) from error
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryError("disconnected", is_ambiguous=True) from error
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, is_plain_allowed: bool) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=ssl.create_default_context())
    if not is_plain_allowed:
        raise DeliveryError("needs_https", permanent=True)
    return http.client.HTTPConnection(host, port, timeout=PATIENCE)


def _pause(retry_after: str | None, now: datetime) -> timedelta | None:
    """Retry-After in seconds or as a date; anything else is no wish."""
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return timedelta(seconds=min(int(retry_after.strip()[:9]), 10**8))
    try:
        wished = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(wished.astimezone(UTC) - now, timedelta())
