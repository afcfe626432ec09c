"""What holds for every answer: problem documents, methods, headers, logs without facts."""

from __future__ import annotations

import gzip
import json
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

PROBLEM_JSON = "application/problem+json"


def test_an_address_without_anything_is_a_problem_document(client: FlaskClient) -> None:
    response = client.get("/v1/nothing")
    assert (response.status_code, response.mimetype) == (404, PROBLEM_JSON)
    document = response.get_json()
    assert document["code"] == "not_found"
    assert document["type"] == "urn:ashore:problem:not_found"
    assert document["errors"] == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_another_method_is_told_which_ones_there_are(client: FlaskClient, method: str) -> None:
    response = client.open("/v1/advice", method=method)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_options_and_head_answer_without_a_body(client: FlaskClient) -> None:
    options = client.options("/v1/facts")
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    head, get = client.head("/v1/facts"), client.get("/v1/facts")
    assert head.get_data() == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.headers["ETag"] == get.headers["ETag"]


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"]
)
def test_another_content_type_is_415(client: FlaskClient, content_type: str) -> None:
    response = client.post("/v1/advice", data=b'{"facts": {}}', content_type=content_type)
    assert response.status_code == 415
    assert response.headers["Accept-Post"] == "application/json"
    assert response.get_json()["code"] == "unsupported_media_type"


def test_another_charset_is_415(client: FlaskClient) -> None:
    response = client.post("/v1/advice", data=b"{}", content_type="application/json; charset=gbk")
    assert response.status_code == 415


def test_a_compressed_body_is_415_and_told_what_is_taken(client: FlaskClient) -> None:
    body = gzip.compress(b'{"facts": {}}')
    response = client.post(
        "/v1/advice", data=body, content_type="application/json", headers={"Content-Encoding": "gzip"}
    )
    assert response.status_code == 415
    assert response.headers["Accept-Encoding"] == "identity"


def test_a_body_of_10_mb_is_413(client: FlaskClient) -> None:
    response = client.post("/v1/advice", data=b" " * 10_000_000, content_type="application/json")
    assert response.status_code == 413
    assert response.get_json()["code"] == "body_too_large"


def test_an_empty_body_is_400(client: FlaskClient) -> None:
    response = client.post("/v1/advice", data=b"", content_type="application/json")
    assert response.status_code == 400
    assert [error["code"] for error in response.get_json()["errors"]] == ["empty_body"]


@pytest.mark.parametrize("path", ["/v1/advice", "/v1/facts", "/docs", "/nothing", "/healthz"])
def test_every_answer_tells_browsers_to_be_careful(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe-" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_errors_speak_the_language_asked_for(client: FlaskClient) -> None:
    assert client.get("/v1/nothing").get_json()["title"] == "没有找到"
    assert client.get("/v1/nothing?language=en").get_json()["title"] == "Not found"
    assert client.get("/v1/nothing", headers={"Accept-Language": "en"}).get_json()["title"] == "Not found"


def test_the_language_of_the_body_counts_for_errors_about_the_rest_of_it(client: FlaskClient) -> None:
    response = client.post("/v1/advice", json={"language": "en"})
    assert response.get_json()["errors"][0]["detail"] == "This is missing."
    assert response.headers["Content-Language"] == "en"


def test_an_unknown_query_parameter_is_refused_with_a_suggestion(client: FlaskClient) -> None:
    response = client.get("/v1/facts?langage=en")
    assert response.status_code == 422
    [error] = response.get_json()["errors"]
    assert (error["pointer"], error["code"]) == ("?langage", "unknown_field")
    assert "language" in error["suggestion"]


def test_a_fault_of_ours_is_500_with_an_id_and_without_its_reason(client: FlaskClient, app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.test_request_context("/v1/advice"):
        try:
            raise RuntimeError("secret")
        except RuntimeError as error:
            response = app.make_response(app.handle_exception(error))
    document = response.get_json()
    assert (response.status_code, document["code"]) == (500, "internal_error")
    assert "secret" not in response.get_data(as_text=True)


def test_a_request_leaves_one_line_without_facts(own_app: Flask, log: StringIO) -> None:
    own_app.test_client().post("/v1/advice?language=en", json={"facts": {"days_overdue": 1234, "product": "huabei"}})
    [line] = log.getvalue().splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["route"], logged["status"]) == ("request", "/v1/advice", 200)
    assert "1234" not in line
    assert "huabei" not in line


def test_the_id_of_a_request_is_the_callers_if_it_is_usable(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345"}).headers["X-Request-ID"] == "abc-12345"
    assert client.get("/healthz", headers={"X-Request-ID": 'a"\\ b'}).headers["X-Request-ID"] != 'a"\\ b'
