"""The text of a file of a draft: shown letter by letter, checked while somebody types, saved as it was typed."""

from __future__ import annotations

import re

import pytest

from services.advisor.parts import Parts
from services.advisor.studio.text_views import as_written, listed
from services.casebook.model import Role
from tests.advisor.studio.admin import Admin
from tests.advisor.studio.conftest import Enter
from tests.advisor.studio.drafting import begin, change, read, version_of

PAY = "topics/pay.yaml"


@pytest.fixture
def number(parts_of_studio: Parts) -> int:
    return begin(parts_of_studio)


@pytest.fixture
def page(number: int) -> str:
    return f"/studio/drafts/{number}/text/{PAY}"


def checked(editor: Admin, number: int, page: str, text: str) -> list[dict[str, object]]:
    form = editor.open(page).form(page) | {"text": [text]}
    answer = editor.client.post(
        f"/studio/drafts/{number}/check-text/{PAY}", data=form, headers={"Accept-Language": "en"}
    )
    found: list[dict[str, object]] = answer.get_json()["problems"]
    return found


def test_the_tab_leads_to_the_first_topic(editor: Admin, number: int) -> None:
    assert editor.open(f"/studio/drafts/{number}/text").path == f"/studio/drafts/{number}/text/topics/agreement.yaml"


def test_the_text_area_holds_the_file_as_it_is(editor: Admin, number: int, page: str, parts_of_studio: Parts) -> None:
    assert editor.open(page).form(page)["text"] == [read(parts_of_studio, number)[PAY]]


def test_saving_without_a_change_makes_no_version(
    editor: Admin, number: int, page: str, parts_of_studio: Parts
) -> None:
    typed = read(parts_of_studio, number)[PAY].replace("\n", "\r\n")
    editor.open(page).send(page, text=typed)
    assert editor.path == page
    assert version_of(parts_of_studio, number) == 1


def test_what_was_typed_is_saved_letter_by_letter(
    editor: Admin, number: int, page: str, parts_of_studio: Parts
) -> None:
    before = read(parts_of_studio, number)
    typed = f"# ＡＢＣ <b> & \\u4e00\n{before[PAY]}\n\n"
    editor.open(page).send(page, text=typed.replace("\n", "\r\n"))
    assert read(parts_of_studio, number) == {**before, PAY: typed}


@pytest.mark.parametrize(
    ("typed", "before", "after"),
    [
        ("a\r\nb\r\n", "a\nb\n", "a\nb\n"),
        ("a\r\nc\r\n", "a\nb\n", "a\nc\n"),
        ("a\r\nc\r\n", "a\r\nb\r\n", "a\r\nc\r\n"),
        ("a\r\nb\r\n", "a\r\nb\n", "a\r\nb\n"),
        ("", "a\n", ""),
    ],
)
def test_line_ends_stay_those_of_the_file(typed: str, before: str, after: str) -> None:
    assert as_written(typed, before) == after


def test_a_mistake_is_named_with_its_line_while_it_is_typed_and_nothing_is_saved(
    editor: Admin, number: int, page: str, parts_of_studio: Parts
) -> None:
    text = read(parts_of_studio, number)[PAY]
    line = text.splitlines().index("  advise: pay_in_full") + 1
    found = checked(editor, number, page, text.replace("  advise: pay_in_full", "  advise: pay_in_ful", 1))
    [problem] = [item for item in found if item["line"] == line and not item["is_warning"]]
    assert "Did you mean `pay_in_full`?" in str(problem["sentence"])
    assert str(problem["address"]).endswith(f"{PAY}#L{line}")
    assert version_of(parts_of_studio, number) == 1


def test_a_text_that_is_no_yaml_is_said_to_be_none(editor: Admin, number: int, page: str) -> None:
    assert [item["file"] for item in checked(editor, number, page, "rules: [") if not item["is_warning"]][:1] == [PAY]


def test_mistakes_can_be_saved_and_are_listed_when_the_page_is_opened_again(editor: Admin, page: str) -> None:
    editor.open(page).send(page, text="topic: pay\nrulez: []\n")
    assert editor.status == 200
    assert "rulez" in editor.text
    assert re.search(r"[1-9]\d* errors", editor.text)


def test_whoever_saves_after_a_colleague_overwrites_nothing(
    editor: Admin, number: int, page: str, parts_of_studio: Parts
) -> None:
    form = editor.open(page).form(page)
    theirs = read(parts_of_studio, number)[PAY].replace("urgency: today", "urgency: now", 1)
    change(parts_of_studio, number, {PAY: theirs})
    editor.send(page, form, follow=False, text=form["text"][0].replace("urgency: today", "urgency: this_week", 1))
    assert editor.status == 409
    assert read(parts_of_studio, number)[PAY] == theirs


def test_a_viewer_reads_and_cannot_save(enter: Enter, page: str) -> None:
    viewer = enter(Role.VIEWER, "en").open(page)
    assert "readonly" in viewer.html
    assert "<button" not in viewer.html.partition("data-text")[2].partition("</form>")[0]
    form = viewer.form("/studio/sign-out") | {"text": ["x"]}
    assert viewer.send(page, form).status == 403


@pytest.mark.parametrize("file", ["topics/none.yaml", "../app.py", "README.md"])
def test_a_file_that_the_draft_does_not_have_is_not_there(editor: Admin, number: int, file: str) -> None:
    assert editor.open(f"/studio/drafts/{number}/text/{file}").status == 404


def test_files_are_listed_by_folder_topics_first() -> None:
    files = dict.fromkeys(("facts.yaml", "cases/b.yaml", "topics/b.yaml", "topics/a.yaml", "more/x.yaml"), "")
    assert list(listed(files).items()) == [
        ("topics", ["topics/a.yaml", "topics/b.yaml"]), ("", ["facts.yaml"]),
        ("cases", ["cases/b.yaml"]), ("more", ["more/x.yaml"]),
    ]  # fmt: skip


def test_the_page_lets_the_styles_of_its_editor_through_and_no_others(editor: Admin, page: str) -> None:
    policies = set()
    for _ in range(2):
        editor.open(page)
        assert editor.page is not None
        policy = editor.page.headers["Content-Security-Policy"]
        nonce = re.search(r'data-nonce="([^"]+)"', editor.html)
        assert nonce is not None
        assert f"style-src 'self' 'nonce-{nonce[1]}';" in policy
        policies.add(policy)
    assert len(policies) == 2
