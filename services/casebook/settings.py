"""What the operator chose: read once from the environment into one frozen value; a wrong value stops the start."""

from __future__ import annotations

import difflib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from environs import EnvValidationError, FileAwareEnv, ValidationError, validate

ROOT = Path(__file__).resolve().parents[2]
STARTER_RULES = (ROOT / "rules", ROOT / "services" / "starter_rules")
"""Where the starter rulebook lies: in a clone, and in an installed wheel."""

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"
REDIS_ADDRESS = "redis.url"
"""The file in ASHORE_DATA in which `make run` notes the address of the Redis that it started."""

HINTS = {
    "ASHORE_HOST": "Write the address to listen on: 127.0.0.1 (this machine only) or 0.0.0.0 (all addresses).",
    "ASHORE_PORT": "Write a port number from 1 to 65535, such as 8000.",
    "ASHORE_DATA": "Write a folder that may be written to, such as ./var.",
    "ASHORE_RULES": "Write a folder that holds facts.yaml and actions.yaml, such as ./rules.",
    "ASHORE_BASE_URL": "Write the address people open, such as https://ashore.example.org, with no slash at the end.",
    "ASHORE_SECRET_KEY": "Write at least 32 random characters, or leave it out: a key is then made and kept.",
    "ASHORE_TIME_ZONE": "Write an IANA name such as Asia/Shanghai.",
    "ASHORE_SERVER_WORKERS": "Write how many advisor processes to start, such as 1; more than one a core is no use.",
    "ASHORE_LOG_LEVEL": "Write one of debug, info, warning, error.",
    "ASHORE_LOG_FORMAT": "Write plain (for people) or json (for collectors).",
    "ASHORE_ALLOW_PRIVATE_ADDRESSES": "Write yes or no; yes lets webhooks reach addresses inside your own network.",
    "ASHORE_APPROVE_OWN": "Write yes or no; yes lets people approve their own drafts, for one-person installations.",
    "ASHORE_SMTP_HOST": "Write the name of your mail server, or leave it out: e-mail is then off.",
    "ASHORE_SMTP_PORT": "Write a port number: 587 (starttls), 465 (tls) or 25 (none).",
    "ASHORE_SMTP_SECURITY": "Write one of starttls, tls, none.",
    "ASHORE_SMTP_USER": "Write the user name at your mail server, or leave it out.",
    "ASHORE_SMTP_PASSWORD": "Write the password at your mail server, or leave it out.",
    "ASHORE_MAIL_FROM": "Write the sender of all mail, such as ashore@example.org; ASHORE_SMTP_HOST needs it.",
    "DATABASE_URL": "Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, or leave it out: SQLite is used.",
    "REDIS_URL": "Write redis://HOST:PORT/0 (or rediss://, unix://), or leave it out: the start command starts one.",
}
"""Every setting there is, each with what to write instead of a wrong value."""


class SettingsError(Exception):
    """The environment holds values we cannot start with; `lines` names each and says what to write instead."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How e-mail leaves. `security` is starttls, tls or none."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Without `redis_url` advice goes on and follow-ups wait; without `mail` there is no e-mail."""

    host: str
    port: int
    data: Path
    rules: Path
    database_url: str
    redis_url: str | None
    base_url: str
    secret_key: str
    time_zone: ZoneInfo
    server_workers: int
    log_level: str
    log_format: str
    allow_private_addresses: bool
    approve_own: bool
    mail: MailSettings | None


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment, and below it the file `.env` of the current folder; `NAME_FILE` names a file to read.

    Makes ASHORE_DATA, and a secret key in it, when absent. Raises SettingsError with all wrong values at once.
    """
    env = FileAwareEnv(eager=False, strip_whitespace=True)
    if env_file is not None:
        env.read_env(env_file, recurse=False)
    as_written = _read_what_stays_as_written(env)
    data = env.str("ASHORE_DATA", "./var", validate=_may_be_written_to)
    rules = env.str("ASHORE_RULES", "", validate=_holds_rules)
    database_url = env.str("DATABASE_URL", "", validate=_is_database)
    redis_url = env.str("REDIS_URL", "", validate=_matches(r"((rediss?|unix)://.+)?"))
    secret_key = env.str("ASHORE_SECRET_KEY", "", validate=_matches(r"(.{32,})?"))
    base_url = env.str("ASHORE_BASE_URL", "", validate=_matches(r"(https?://\S*[^/\s])?"))
    time_zone = env.str("ASHORE_TIME_ZONE", "Asia/Shanghai", validate=_is_time_zone)
    _stop_on_wrong_values(env, as_written["mail"])
    folder = _make_folder(data)
    return Settings(
        data=folder,
        rules=Path(rules).resolve() if rules else starter_rules(),
        database_url=_full_database_url(database_url, folder),
        redis_url=redis_url or noted_redis(folder),
        base_url=base_url or f"http://127.0.0.1:{as_written['port']}",
        secret_key=secret_key or keep_secret(folder / "secret-key"),
        time_zone=ZoneInfo(time_zone),
        **as_written,
    )


def starter_rules() -> Path:
    """The folder of the rulebook that comes with the program."""
    return next((folder for folder in STARTER_RULES if folder.is_dir()), STARTER_RULES[0])


def keep_secret(file: Path) -> str:
    """The secret in this file, made on first use; of several processes that start at once all get the same one."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was first: its secret counts
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()


def noted_redis(data: Path) -> str | None:
    """The address of the Redis that the start command runs for this data folder, if one is noted there."""
    note = data / REDIS_ADDRESS
    return note.read_text().strip() if note.exists() else None


def _read_what_stays_as_written(env: FileAwareEnv) -> dict[str, Any]:
    return {
        "host": env.str("ASHORE_HOST", "127.0.0.1", validate=_matches(r"\S+")),
        "port": env.int("ASHORE_PORT", 8000, validate=validate.Range(1, 65535)),
        "server_workers": env.int("ASHORE_SERVER_WORKERS", 1, validate=validate.Range(1, 256)),
        "log_level": env.str("ASHORE_LOG_LEVEL", "info", validate=_matches("debug|info|warning|error")),
        "log_format": env.str("ASHORE_LOG_FORMAT", "plain", validate=_matches("plain|json")),
        "allow_private_addresses": env.bool("ASHORE_ALLOW_PRIVATE_ADDRESSES", False),
        "approve_own": env.bool("ASHORE_APPROVE_OWN", False),
        "mail": _read_mail(env),
    }


def _read_mail(env: FileAwareEnv) -> MailSettings | None:
    host = env.str("ASHORE_SMTP_HOST", "")
    security = env.str("ASHORE_SMTP_SECURITY", "starttls", validate=_matches("starttls|tls|none"))
    port = env.int("ASHORE_SMTP_PORT", 587, validate=validate.Range(1, 65535))
    user, password = env.str("ASHORE_SMTP_USER", ""), env.str("ASHORE_SMTP_PASSWORD", "")
    sender = env.str("ASHORE_MAIL_FROM", "", validate=_matches(r"(\S+@\S+)?"))
    return MailSettings(host, port, security, user, password, sender) if host else None


def _stop_on_wrong_values(env: FileAwareEnv, mail: MailSettings | None) -> None:
    lines = _misspelt()
    if mail and not mail.sender:
        lines.append(f"ASHORE_MAIL_FROM: It is missing. {HINTS['ASHORE_MAIL_FROM']}")
    try:
        env.seal()
    except EnvValidationError as error:
        problems = cast("dict[str, list[str]]", error.error_messages)
        lines += [f"{name}: {' '.join(said)} {HINTS[name]}" for name, said in problems.items()]
    if lines:
        raise SettingsError(tuple(lines))


def _make_folder(data: str) -> Path:
    folder = Path(data).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError((f"ASHORE_DATA: {error.strerror}. {HINTS['ASHORE_DATA']}",)) from error
    return folder


def _misspelt() -> list[str]:
    """A setting that is nearly right would be passed over in silence, so it stops the start as well."""
    lines = []
    for name in sorted(os.environ):
        if not name.startswith("ASHORE_") or name.removesuffix("_FILE") in HINTS:
            continue
        for meant in difflib.get_close_matches(name, HINTS, n=1, cutoff=0.85):
            lines.append(f"{name}: there is no such setting. Did you mean {meant}?")
    return lines


def _full_database_url(url: str, data: Path) -> str:
    if not url:
        return f"{SQLITE}{data / 'ashore.db'}"
    scheme, rest = url.split("://", 1)
    return url if scheme == "sqlite" else f"{POSTGRESQL}{rest}"


def _matches(pattern: str) -> validate.Regexp:
    return validate.Regexp(rf"({pattern})\Z", error="This value does not do.")


def _is_database(url: str) -> None:
    if url and not url.startswith((SQLITE, POSTGRESQL, "postgresql://", "postgres://")):
        raise ValidationError("This is no database we can use.")


def _is_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("There is no such time zone.")


def _holds_rules(folder: str) -> None:
    if folder and not (Path(folder) / "facts.yaml").is_file():
        raise ValidationError("There is no facts.yaml in it.")


def _may_be_written_to(folder: str) -> None:
    existing = next(path for path in (Path(folder).resolve(), *Path(folder).resolve().parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise ValidationError("It cannot be written to.")
