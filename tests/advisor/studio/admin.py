"""Somebody at the studio's pages, without JavaScript: opens them, fills their forms, presses their buttons."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flask import Flask
from werkzeug.test import TestResponse

from services.advisor.studio.session_cookie import COOKIE, PATH, sealed

Values = dict[str, list[str]]


class FormReader(HTMLParser):
    """What a browser would send for the form with this address, as it stands."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.values, self._inside, self._select, self._area = action, {}, False, "", ""
        self.values: Values

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._inside = given.get("action", self.action).split("?")[0] == self.action and "post" in given.values()
        elif self._inside and tag == "input" and given.get("name"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.values.setdefault(given["name"], []).append(given.get("value", ""))
        elif self._inside and tag == "select":
            self._select = given["name"]
        elif self._select and tag == "option" and ("selected" in given or self._select not in self.values):
            self.values[self._select] = [given["value"]]
        elif self._inside and tag == "textarea":
            self._area = given["name"]
            self.values[self._area] = [""]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][0] += data if self.values[self._area][0] else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


class Admin:
    """A browser with its own cookies."""

    def __init__(self, app: Flask, language: str = "zh-CN") -> None:
        self.app = app
        self.client = app.test_client()
        self.language = language
        self.page: TestResponse | None = None

    def carry(self, token: str) -> None:
        """The cookie that a sign-in would have set."""
        with self.app.app_context():
            self.client.set_cookie(COOKIE, sealed({"session": token}), path=PATH)

    def open(self, path: str, follow: bool = True) -> Admin:
        headers = {"Accept-Language": self.language}
        self.page = self.client.get(path, headers=headers, follow_redirects=follow)
        return self

    def form(self, action: str) -> Values:
        """The form of the page in sight that leads to `action`, as a browser would send it."""
        reader = FormReader(action)
        reader.feed(self.html)
        return reader.values

    def send(self, path: str, form: Values | None = None, follow: bool = True, **changed: str | list[str]) -> Admin:
        """Sends the form of the page in sight, with these fields changed."""
        values: Values = self.form(path) if form is None else dict(form)
        for name, value in changed.items():
            values[name.replace("__", "-")] = value if isinstance(value, list) else [value]
        headers = {"Accept-Language": self.language}
        self.page = self.client.post(path, data=values, headers=headers, follow_redirects=follow)
        return self

    @property
    def status(self) -> int:
        assert self.page is not None
        return self.page.status_code

    @property
    def path(self) -> str:
        assert self.page is not None
        return self.page.request.path

    @property
    def html(self) -> str:
        assert self.page is not None
        return self.page.get_data(as_text=True)

    @property
    def text(self) -> str:
        """What can be read on the page, on one line."""
        plain = re.sub(r"<(script|style|head).*?</\1>", " ", self.html, flags=re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", plain)).strip()
