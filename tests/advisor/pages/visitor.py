"""A person at the pages: reads them, answers, and goes where they lead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass
class Visitor:
    client: FlaskClient
    page: TestResponse | None = None

    def open(self, path: str) -> Visitor:
        self.page = self.client.get(path, follow_redirects=True)
        return self

    def send(self, path: str, **form: object) -> Visitor:
        self.page = self.client.post(path, data=form, follow_redirects=True)
        return self

    def start(self) -> Visitor:
        return self.send("/start", again="yes")

    def answer(self, fact: str, *given: str) -> Visitor:
        return self.send(f"/q/{fact}", answer=list(given))

    @property
    def path(self) -> str:
        assert self.page is not None
        return self.page.request.path

    @property
    def status(self) -> int:
        assert self.page is not None
        return self.page.status_code

    @property
    def html(self) -> str:
        assert self.page is not None
        return self.page.get_data(as_text=True)

    @property
    def heading(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.html, re.DOTALL)
        return re.sub(r"<.*?>", "", found[1]).strip() if found else ""
