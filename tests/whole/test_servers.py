"""The servers that the other tests lean on."""

from __future__ import annotations

import psycopg
import pytest
import redis

pytestmark = pytest.mark.whole


def test_each_test_gets_an_empty_postgresql_database_in_utf8(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
        encoding = connection.execute("show server_encoding").fetchone()
    assert (tables, encoding) == ((0,), ("UTF8",))


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_redis(redis_url: str, turn: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left behind", turn)
