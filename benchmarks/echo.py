"""What `POST /v1/advice` is measured against: plain Flask that answers JSON of the same size and decides nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

from flask import Flask, Response, jsonify, request

ANSWER = "ECHO_ANSWER"
"""The environment variable that names a file with one answer of the advisor."""


def create_echo() -> Flask:
    """`/echo` gives back what was posted; `/fixed` reads what was posted and always gives the same answer."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    answer = json.loads(Path(os.environ[ANSWER]).read_text(encoding="utf-8"))

    @app.post("/echo")
    def echo() -> Response:
        return jsonify(request.get_json())

    @app.post("/fixed")
    def fixed() -> Response:
        request.get_json()
        return jsonify(answer)

    return app
