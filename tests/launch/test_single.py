"""Two starts do not get into each other's way."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from services.launch.problems import LaunchError
from services.launch.single import only_one, refuse_taken_port


def test_a_second_start_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(LaunchError, match="already running"), only_one(tmp_path):
        pass


def test_after_the_first_has_ended_the_data_is_free_again(tmp_path: Path) -> None:
    with only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_a_port_in_use_is_named_before_anything_is_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(LaunchError, match=f"127.0.0.1:{port} .*ASHORE_PORT"):
            refuse_taken_port("127.0.0.1", port)
