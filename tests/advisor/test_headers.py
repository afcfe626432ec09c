"""What a browser may do with an answer: what the view says itself stays, the rest is added."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from services.advisor.headers import FOR_DATA, FOR_PAGES, OWN_FILES, POLICY, with_security_headers
from services.advisor.studio.page_policy import inside_a_frame, new_nonce, with_frames, with_styles


def answered(response: Response) -> Response:
    """The response as it leaves a service that knows nothing but this one."""
    app = Flask("one answer")
    app.add_url_rule("/", view_func=lambda: response)
    app.wsgi_app = with_security_headers(app.wsgi_app)  # type: ignore[method-assign]
    answer: Response = app.test_client().get("/")
    return answer


@pytest.mark.parametrize(("kind", "expected"), [("text/html", FOR_PAGES), ("application/json", FOR_DATA)])
def test_pages_and_data_get_the_headers_that_fit_them(kind: str, expected: list[tuple[str, str]]) -> None:
    headers = answered(Response("", mimetype=kind)).headers
    assert {name: headers.getlist(name) for name, _ in expected} == {name: [value] for name, value in expected}


def test_a_page_that_may_stand_in_our_frames_says_so_once_and_can_do_nothing_there() -> None:
    headers = answered(inside_a_frame(Response("", mimetype="text/html"))).headers
    assert headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]
    [policy] = headers.getlist(POLICY)
    for said in ("frame-ancestors 'self'", "script-src 'none'", "form-action 'none'", "sandbox"):
        assert said in policy.split("; ")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_styles_of_an_editor_need_the_word_of_this_one_answer() -> None:
    policy = answered(with_styles(Response("", mimetype="text/html"), "abc")).headers[POLICY]
    assert policy == OWN_FILES.replace("style-src 'self'", "style-src 'self' 'nonce-abc'")
    assert len({new_nonce() for _ in range(100)}) == 100


def test_a_page_with_a_frame_shows_pages_from_here_alone() -> None:
    assert answered(with_frames(Response("", mimetype="text/html"))).headers[POLICY] == f"{OWN_FILES}; frame-src 'self'"
