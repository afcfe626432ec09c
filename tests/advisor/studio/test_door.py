"""The door: signing in and out, one-time links, and forms that are not ours."""

from __future__ import annotations

import pytest

from services.advisor.parts import Parts
from services.casebook.accounts import add_account
from services.casebook.authors import STARTER
from services.casebook.model import Role
from tests.advisor.conftest import NOON
from tests.advisor.studio.admin import Admin
from tests.advisor.studio.conftest import Enter

PASSWORD = "seven boats at low tide"


@pytest.fixture
def link(parts_of_studio: Parts, tmp_path: object) -> tuple[str, str]:
    """A new account that has not set a password: its name, and where its one-time link leads."""
    name = f"new.{abs(hash(str(tmp_path)))}"
    with parts_of_studio.database.write() as session:
        _, token = add_account(session, name, Role.EDITOR, STARTER, NOON)
    return name, f"/studio/welcome/{token}"


@pytest.fixture
def stranger(enter: Enter) -> Admin:
    return enter(None, "en")


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back_to_where_they_wanted_to_go(
    stranger: Admin, link: tuple[str, str]
) -> None:
    name, welcome = link
    stranger.open(welcome).send(welcome, password=PASSWORD, again=PASSWORD)
    stranger.open("/studio/").send("/studio/sign-out")
    stranger.open("/studio/people?from=here")
    assert stranger.path == "/studio/sign-in"
    stranger.send("/studio/sign-in", follow=False, name=name, password=PASSWORD)
    assert stranger.page is not None
    assert stranger.page.location == "/studio/people?from=here"


def test_a_one_time_link_opens_the_studio_once(stranger: Admin, link: tuple[str, str], enter: Enter) -> None:
    name, welcome = link
    assert name in stranger.open(welcome).text
    stranger.send(welcome, password=PASSWORD, again=PASSWORD)
    assert stranger.path == "/studio/"
    assert enter(None, "en").open(welcome).status == 404


def test_a_password_that_was_mistyped_or_is_weak_is_asked_for_again_and_the_link_stays(
    stranger: Admin, link: tuple[str, str]
) -> None:
    _, welcome = link
    assert "not the same" in stranger.open(welcome).send(welcome, password=PASSWORD, again="other").text
    assert "12 to 200" in stranger.send(welcome, password="short", again="short").text
    assert stranger.send(welcome, password=PASSWORD, again=PASSWORD).path == "/studio/"


def test_a_wrong_password_is_said_calmly_and_the_name_is_kept(stranger: Admin) -> None:
    stranger.open("/studio/sign-in").send("/studio/sign-in", name="nobody", password="wrong")
    assert stranger.status == 422
    assert "wrong" in stranger.text
    assert stranger.form("/studio/sign-in")["name"] == ["nobody"]


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "/studio/\\evil", "/plan"])
def test_after_signing_in_nobody_is_sent_to_another_site(stranger: Admin, link: tuple[str, str], wanted: str) -> None:
    name, welcome = link
    stranger.open(welcome).send(welcome, password=PASSWORD, again=PASSWORD).open("/studio/").send("/studio/sign-out")
    stranger.open("/studio/sign-in")
    stranger.send("/studio/sign-in", follow=False, name=name, password=PASSWORD, next=wanted)
    assert stranger.page is not None
    assert stranger.page.location == "/studio/"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(stranger: Admin) -> None:
    stranger.open("/studio/sign-in")
    assert stranger.page is not None
    said = stranger.page.headers["Set-Cookie"]
    assert said.startswith("ashore_studio=")
    assert all(word in said for word in ("HttpOnly", "SameSite=Strict", "Path=/studio"))


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_form_without_its_token_changes_nothing(stranger: Admin, token: str | None) -> None:
    form = stranger.open("/studio/sign-in").form("/studio/sign-in")
    form.pop("csrf_token")
    stranger.send("/studio/sign-in", form, **({} if token is None else {"csrf_token": token}))
    assert stranger.status == 403
    assert "not accepted" in stranger.text


def test_a_form_of_another_browser_changes_nothing(enter: Enter) -> None:
    mine, theirs = enter(Role.ADMIN, "en"), enter(Role.ADMIN, "en")
    form = theirs.open("/studio/people").form("/studio/people")
    assert mine.send("/studio/people", form, name="intruder").status == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_that_another_site_sends_changes_nothing(enter: Enter, headers: dict[str, str]) -> None:
    admin = enter(Role.ADMIN)
    form = admin.open("/studio/people").form("/studio/people") | {"name": ["intruder"]}
    assert admin.client.post("/studio/people", data=form, headers=headers).status_code == 403
    assert "intruder" not in admin.open("/studio/people").text


def test_whoever_is_signed_out_is_signed_out_on_the_server(enter: Enter) -> None:
    admin, copy = enter(Role.VIEWER), enter(None)
    cookie = admin.client.get_cookie("ashore_studio", path="/studio")
    assert cookie is not None
    copy.client.set_cookie("ashore_studio", cookie.value, path="/studio")
    assert copy.open("/studio/").path == "/studio/"
    admin.open("/studio/").send("/studio/sign-out")
    assert copy.open("/studio/").path == "/studio/sign-in"


def test_a_cookie_that_was_tampered_with_is_no_cookie(enter: Enter) -> None:
    admin = enter(Role.ADMIN)
    admin.client.set_cookie("ashore_studio", "eyJzZXNzaW9uIjoieCJ9.forged", path="/studio")
    assert admin.open("/studio/").path == "/studio/sign-in"
