"""Push services through Apprise, built from typed fields only: no address can carry an option of Apprise.

Its plugins are called one by one and never through a URL: there is nothing to parse, and 170 others stay unloaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apprise import AppriseAsset, NotifyFormat
from apprise.exception import AppriseException
from apprise.plugins.bark import NotifyBark
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.ntfy import NotifyNtfy
from apprise.plugins.pushplus import NotifyPushplus
from apprise.plugins.serverchan import NotifyServerChan
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.wecombot import NotifyWeComBot
from apprise.plugins.wxpusher import NotifyWxPusher

from services.notifier.channels.guard import only_public_addresses
from services.notifier.channels.letter import DeliveryError, Letter, OnDoubt

PATIENCE = 15.0

Fields = Mapping[str, str]
PLUGINS: Mapping[str, Callable[..., NotifyBase]] = {
    "wecombot": NotifyWeComBot,
    "dingtalk": NotifyDingTalk,
    "feishu": NotifyFeishu,
    "serverchan": NotifyServerChan,
    "bark": NotifyBark,
    "pushplus": NotifyPushplus,
    "wxpusher": NotifyWxPusher,
    "telegram": NotifyTelegram,
    "ntfy": NotifyNtfy,
}
RENAMED: Mapping[str, str] = {"device_key": "targets", "uid": "targets", "chat_id": "targets", "topic": "targets"}
ALWAYS: Mapping[str, Mapping[str, Any]] = {
    "bark": {"host": "api.day.app", "secure": True, "include_image": False},
    "telegram": {"detect_owner": False},
    "ntfy": {"mode": "cloud", "include_image": False},
}
"""What is set for everybody; of these a person can only choose the host of their own Bark server."""


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Most of these services do not drop repeats; a second notification with the same words does no harm."""

    kind: str
    are_private_allowed: bool = False
    on_doubt: OnDoubt = OnDoubt.RESEND

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:
        service = self._service(address)
        with only_public_addresses(self.are_private_allowed):
            is_accepted = service.notify(
                body=letter.as_short_text(), title=letter.subject, body_format=NotifyFormat.TEXT
            )
        if not is_accepted:
            raise DeliveryError("not_accepted", is_ambiguous=True)
        return "accepted"

    def _service(self, address: Mapping[str, str]) -> NotifyBase:
        """One object for one delivery: Apprise makes an object wait seconds between two messages."""
        fields = {RENAMED.get(name, name): value for name, value in address.items()}
        safe = {"redirect": False, "verify": True, "rto": PATIENCE, "cto": PATIENCE, "asset": _asset()}
        try:
            return PLUGINS[self.kind](**{**ALWAYS.get(self.kind, {}), **fields, **safe})
        except (AppriseException, TypeError) as error:
            raise DeliveryError("malformed_address", permanent=True) from error


def _asset() -> AppriseAsset:
    """No redirects, no files, nothing remembered on disk, no secrets in logs."""
    return AppriseAsset(http_redirects=False, secure_logging=True, storage_mode="memory", app_id="Ashore")
