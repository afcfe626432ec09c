"""The Redis that the start command provides: found, bundled or configured; private, and gone afterwards."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import pytest
import redis

from services.casebook.settings import Settings, noted_redis, read_settings
from services.launch.problems import LaunchError
from services.launch.redis_server import answers, provide_redis

pytestmark = pytest.mark.whole


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setenv("ASHORE_DATA", str(tmp_path))
    return dataclasses.replace(read_settings(env_file=None), redis_url=None)


def test_our_own_redis_refuses_to_drop_jobs_and_keeps_what_it_was_given(settings: Settings) -> None:
    with provide_redis(settings) as url, redis.Redis.from_url(url) as client:
        policy, append = client.config_get("maxmemory-policy"), client.config_get("appendonly")
        client.set("promise", "kept")
    with provide_redis(settings) as url, redis.Redis.from_url(url, decode_responses=True) as client:
        kept = client.get("promise")
    assert (policy, append, kept) == ({"maxmemory-policy": "noeviction"}, {"appendonly": "yes"}, "kept")


def test_our_own_redis_asks_for_a_password_and_notes_it_for_this_user_only(settings: Settings) -> None:
    with provide_redis(settings) as url:
        note = settings.data / "redis.url"
        assert noted_redis(settings.data) == url
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        assert not answers(url.replace(url.split("@")[0], "redis://:guessed"))


def test_our_own_redis_is_gone_after_the_block(settings: Settings) -> None:
    with provide_redis(settings) as url:
        assert answers(url)
    assert not answers(url)
    assert noted_redis(settings.data) is None


def test_without_a_redis_on_the_path_the_bundled_one_is_started(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("PATH", str(settings.data))
    with provide_redis(settings) as url, redis.Redis.from_url(url) as client:
        assert client.info("server")["server_name"] == "valkey"


def test_a_configured_redis_is_used_and_left_running(settings: Settings, redis_url: str) -> None:
    with provide_redis(dataclasses.replace(settings, redis_url=redis_url)) as url:
        assert url == redis_url
    assert answers(redis_url)


def test_a_configured_redis_that_does_not_answer_stops_the_start(settings: Settings, port: int) -> None:
    missing = dataclasses.replace(settings, redis_url=f"redis://127.0.0.1:{port}/0")
    with pytest.raises(LaunchError, match="REDIS_URL"), provide_redis(missing):
        pass
