"""Push services through Apprise, built from typed fields only: no address of it can carry an option of Apprise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.exception import AppriseException

from services.notifier.channels.guard import only_public_addresses
from services.notifier.channels.letter import DeliveryError, Letter, OnDoubt

PATIENCE = 15.0

Fields = Mapping[str, str]
PLUGINS: Mapping[str, Callable[[Fields], dict[str, Any]]] = {
    "wecombot": lambda of: {"schema": "wecombot", "key": of["key"]},
    "dingtalk": lambda of: {"schema": "dingtalk", "token": of["token"], "secret": of.get("secret")},
    "feishu": lambda of: {"schema": "feishu", "token": of["token"]},
    "serverchan": lambda of: {"schema": "schan", "token": of["token"]},
    "bark": lambda of: {
        "schema": "barks",
        "secure": True,
        "host": of.get("host", "api.day.app"),
        "targets": [of["device_key"]],
        "include_image": False,
    },
    "pushplus": lambda of: {"schema": "pushplus", "token": of["token"]},
    "wxpusher": lambda of: {"schema": "wxpusher", "token": of["token"], "targets": [of["uid"]]},
    "telegram": lambda of: {
        "schema": "tgram",
        "bot_token": of["bot_token"],
        "targets": [of["chat_id"]],
        "detect_owner": False,
    },
    "ntfy": lambda of: {"schema": "ntfys", "host": "ntfy.sh", "mode": "cloud", "targets": [of["topic"]]},
}
"""kind -> what Apprise calls the parsed address. Handing this over instead of a URL leaves nothing to be parsed."""


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Most of these services do not drop repeats; a second notification with the same words does no harm."""

    kind: str
    are_private_allowed: bool = False
    on_doubt: OnDoubt = OnDoubt.RESEND

    def send(self, letter: Letter, address: Mapping[str, str]) -> str:
        sender = Apprise(asset=_asset())
        sender.add(self._service(sender, address))
        with only_public_addresses(self.are_private_allowed):
            result = sender.notify(body=letter.as_text(), title=letter.subject, body_format=NotifyFormat.TEXT)
        if not result:
            raise DeliveryError("not_accepted", is_ambiguous=True)
        return "accepted"

    def _service(self, sender: Apprise, address: Mapping[str, str]) -> Any:
        try:
            fields = {
                **PLUGINS[self.kind](address),
                "redirect": False,
                "verify": True,
                "rto": PATIENCE,
                "cto": PATIENCE,
            }
            service = sender.instantiate(fields, asset=_asset(), suppress_exceptions=False)
        except (AppriseException, TypeError) as error:
            raise DeliveryError("malformed_address", permanent=True) from error
        if service is None:
            raise DeliveryError("malformed_address", permanent=True)
        return service


def _asset() -> AppriseAsset:
    """No redirects, no files, nothing remembered on disk, no secrets in logs."""
    return AppriseAsset(http_redirects=False, secure_logging=True, storage_mode="memory", app_id="Ashore")
