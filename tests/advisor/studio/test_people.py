"""The page of the people: roles, one-time links, and the last admin who stays."""

from __future__ import annotations

import re

import pytest

from services.casebook.model import Role
from tests.advisor.studio.admin import Admin
from tests.advisor.studio.conftest import Enter

LINK = re.compile(r'value="http://[^"]*(/studio/welcome/[^"]+)"')


@pytest.fixture
def admin(enter: Enter) -> Admin:
    return enter(Role.ADMIN, "en").open("/studio/people")


def add(admin: Admin, name: str, role: str = "editor") -> str:
    """A new account; answers the path of its one-time link."""
    admin.open("/studio/people").send("/studio/people", name=name, role=role)
    found = LINK.search(admin.html)
    assert found is not None
    return found[1]


def number_of(admin: Admin, name: str) -> str:
    card = next(card for card in admin.html.split("<li class") if f">{name}</h2>" in card)
    found = re.search(r'action="/studio/people/(\d+)"', card)
    assert found is not None
    return found[1]


def test_a_new_person_is_shown_a_link_once_and_comes_in_with_it(admin: Admin, enter: Enter) -> None:
    link = add(admin, "zhang.min", "publisher")
    assert link not in admin.open("/studio/people").html
    newcomer = enter(None, "en").open(link)
    assert "publisher" in newcomer.text
    newcomer.send(link, password="four quiet herons fly", again="four quiet herons fly")
    assert newcomer.path == "/studio/"


@pytest.mark.parametrize("name", ["", "two words", "x" * 61])
def test_a_name_that_cannot_be_used_is_said_and_kept_in_the_form(admin: Admin, name: str) -> None:
    admin.send("/studio/people", name=name, role="viewer")
    assert admin.status == 422
    assert "A name has letters" in admin.text
    assert admin.form("/studio/people")["name"] == [name]
    assert admin.form("/studio/people")["role"] == ["viewer"]


def test_a_name_is_used_once(admin: Admin) -> None:
    add(admin, "sun.li")
    admin.send("/studio/people", name="Sun.Li", role="viewer")
    assert "This name is taken" in admin.text


def test_a_role_is_given_and_counts_at_once(admin: Admin, enter: Enter) -> None:
    link = add(admin, "qian.duo", "viewer")
    person = enter(None, "en").open(link)
    person.send(link, password="nine slow green trams", again="nine slow green trams")
    assert person.open("/studio/people").status == 403
    number = number_of(admin.open("/studio/people"), "qian.duo")
    admin.send(f"/studio/people/{number}", role="admin")
    assert person.open("/studio/people").status == 200


def test_whoever_is_locked_out_is_out_at_once_and_may_be_let_in_again(admin: Admin, enter: Enter) -> None:
    link = add(admin, "he.ping")
    person = enter(None, "en").open(link)
    person.send(link, password="nine slow green trams", again="nine slow green trams")
    number = number_of(admin.open("/studio/people"), "he.ping")
    admin.send(f"/studio/people/{number}", is_disabled="yes")
    assert person.open("/studio/").path == "/studio/sign-in"
    form = admin.open("/studio/people").form(f"/studio/people/{number}")
    form.pop("is_disabled")
    admin.send(f"/studio/people/{number}", form)
    person.open("/studio/sign-in")
    person.send("/studio/sign-in", name="he.ping", password="nine slow green trams")
    assert person.path == "/studio/"


def test_a_lost_link_is_replaced_and_the_old_one_ends(admin: Admin, enter: Enter) -> None:
    old = add(admin, "mei.hua")
    number = number_of(admin.open("/studio/people"), "mei.hua")
    admin.send(f"/studio/people/{number}/link")
    found = LINK.search(admin.html)
    assert found is not None
    assert enter(None).open(old).status == 404
    assert enter(None).open(found[1]).status == 200


@pytest.mark.parametrize("path", ["/studio/people/999999", "/studio/people/999999/link"])
def test_somebody_who_is_not_there_is_not_found(admin: Admin, path: str) -> None:
    form = admin.form("/studio/people")
    assert admin.send(path, form, role="viewer").status == 404


def test_a_role_that_does_not_exist_is_refused(admin: Admin) -> None:
    assert admin.send("/studio/people", name="someone", role="owner").status == 404
