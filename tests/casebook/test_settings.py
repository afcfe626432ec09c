"""What the operator writes is read once, and a wrong value stops the start with what to write instead."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from services.casebook.settings import HINTS, SettingsError, keep_secret, noted_redis, read_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in HINTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_everything_lives_in_one_folder_on_this_machine(tmp_path: Path) -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert settings.data == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/ashore.db"
    assert (settings.redis_url, settings.mail) == (None, None)


WRONG = [
    ("ASHORE_PORT", "eighty", "such as 8000"),
    ("ASHORE_PORT", "70000", "from 1 to 65535"),
    ("ASHORE_RULES", "/nowhere", "facts.yaml"),
    ("ASHORE_BASE_URL", "ashore.example.org", "https://"),
    ("ASHORE_BASE_URL", "https://ashore.example.org/", "no slash at the end"),
    ("ASHORE_SECRET_KEY", "short", "32"),
    ("ASHORE_TIME_ZONE", "Beijing", "Asia/Shanghai"),
    ("ASHORE_SERVER_WORKERS", "0", "how many"),
    ("ASHORE_LOG_LEVEL", "loud", "debug, info, warning, error"),
    ("ASHORE_LOG_FORMAT", "xml", "json"),
    ("ASHORE_ALLOW_PRIVATE_ADDRESSES", "perhaps", "yes or no"),
    ("ASHORE_SMTP_SECURITY", "ssl", "starttls"),
    ("DATABASE_URL", "mysql://localhost/ashore", "postgresql://"),
    ("REDIS_URL", "localhost:6379", "redis://"),
]


@pytest.mark.parametrize(("name", "value", "advice"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_wrong_value_is_refused_with_what_to_write_instead(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, advice: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: .*{re.escape(advice)}"):
        read_settings()


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASHORE_PORT", "x")
    monkeypatch.setenv("REDIS_URL", "y")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert [line.split(":")[0] for line in caught.value.lines] == ["ASHORE_PORT", "REDIS_URL"]


def test_a_misspelt_setting_is_refused_with_the_name_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASHORE_PROT", "9000")
    with pytest.raises(SettingsError, match="ASHORE_PROT: .*Did you mean ASHORE_PORT"):
        read_settings()


@pytest.mark.parametrize("folder", ["/proc/ashore", "a-file/var"])
def test_a_data_folder_that_cannot_be_made_is_refused(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    Path("a-file").touch()
    monkeypatch.setenv("ASHORE_DATA", folder)
    with pytest.raises(SettingsError, match=r"^ASHORE_DATA: .*\./var"):
        read_settings()


def test_a_mail_server_without_a_sender_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASHORE_SMTP_HOST", "mail.example.org")
    with pytest.raises(SettingsError, match="ASHORE_MAIL_FROM"):
        read_settings()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_url_reaches_the_same_driver(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p@h/n")
    assert read_settings().database_url == "postgresql+psycopg://u:p@h/n"


def test_the_env_file_counts_where_the_environment_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("ASHORE_PORT=9001\nASHORE_LOG_LEVEL=debug\n")
    monkeypatch.setenv("ASHORE_PORT", "9002")
    settings = read_settings()
    assert (settings.port, settings.log_level) == (9002, "debug")


def test_a_secret_may_be_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n")
    monkeypatch.setenv("ASHORE_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert read_settings().secret_key == "k" * 40


def test_the_secret_key_is_made_once_and_only_we_may_read_it() -> None:
    first, second = read_settings(), read_settings()
    kept = first.data / "secret-key"
    assert first.secret_key == second.secret_key == kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_of_two_processes_that_make_a_secret_at_once_the_first_one_counts(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the first")
    assert keep_secret(tmp_path / "secret") == "from the first"


def test_the_redis_of_the_start_command_is_found_by_its_note() -> None:
    data = read_settings().data
    (data / "redis.url").write_text("redis://127.0.0.1:7/0")
    assert read_settings().redis_url == noted_redis(data) == "redis://127.0.0.1:7/0"


def test_the_example_file_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    assert sorted(named) == sorted(HINTS)
