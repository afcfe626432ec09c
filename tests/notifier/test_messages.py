"""A message says the date, one consequence and one question, and nothing that another person should read."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from services.casebook.links import Link, Purpose
from services.casebook.model import ChannelRole, FollowUpKind
from services.notifier.channels.letter import Letter
from services.notifier.layout import as_html
from services.notifier.texts import FALLBACK, Texts, TextsError, read_texts
from services.rulebook.model import Contact, Fact, Kind, SourceRef, Text
from tests.notifier.letters import BASE_URL, NOW, SIGNER, TODAY, WRITER, an_occasion

TEXTS = read_texts()
LINE = Contact("line", Text("心理援助热线", "Help line"), "12356", Text("", ""), Text("全天", "always"), SourceRef("s"))


def links_of(letter: Letter) -> list[Link]:
    urls = [button.url for button in (*letter.buttons, *letter.footer)]
    return [SIGNER.read(url.removeprefix(f"{BASE_URL}/m/"), NOW) for url in urls]


def test_a_message_says_the_date_one_consequence_and_one_question() -> None:
    letter = WRITER.write(an_occasion(), NOW)
    assert letter.lines[0] == "This is the look we planned for today, Tuesday 24 November."
    assert len(letter.lines) == 2
    assert letter.question == "Have they answered?"


def test_a_message_in_chinese() -> None:
    letter = WRITER.write(an_occasion(language="zh-CN"), NOW)
    assert letter.lines[0] == "说好今天（11月24日星期二）来看看。"
    assert letter.question == "对方答复了吗？"


def test_the_buttons_are_the_words_that_the_fact_has_in_the_release_in_force() -> None:
    letter = WRITER.write(an_occasion(), NOW)
    answers = [link.value for link in links_of(letter) if link.purpose is Purpose.ANSWER]
    assert answers == ["agreed", "refused", "waiting", "not_started", ""]


def test_a_notification_has_one_link_to_answer_and_one_to_end_it() -> None:
    letter = WRITER.write(an_occasion(), NOW)
    assert letter.as_short_text().count("https://") == 2
    assert letter.stop_url in letter.as_short_text()
    assert letter.page is not None
    assert SIGNER.read(letter.page.url.removeprefix(f"{BASE_URL}/m/"), NOW) == Link(Purpose.ANSWER, 17)


def test_every_message_can_be_put_off_and_stopped() -> None:
    links = links_of(WRITER.write(an_occasion(), NOW))
    assert links[-2:] == [Link(Purpose.SNOOZE, 17), Link(Purpose.STOP, 3)]


def test_a_fact_without_words_of_its_own_is_asked_on_the_page() -> None:
    fact = Fact("days_waiting", Kind.WHOLE, Text("", ""), Text("", ""), Text("", ""))
    letter = WRITER.write(an_occasion(fact=fact), NOW)
    assert letter.question == TEXTS.asks[FALLBACK].question.en
    assert [button.label for button in letter.buttons] == ["Open"]


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (3, "Friday 27 November, in 3 days."),
        (1, "Wednesday 25 November, tomorrow."),
        (0, "Tuesday 24 November, today."),
        (-1, "Monday 23 November has passed."),
    ],
)
def test_a_reminder_counts_the_days_to_what_it_reminds_of(days: int, line: str) -> None:
    letter = WRITER.write(an_occasion(event_day=TODAY + timedelta(days=days)), NOW)
    assert letter.lines[0] == line


def test_a_late_message_says_so_and_what_it_stands_for() -> None:
    letter = WRITER.write(an_occasion(planned_for=date(2026, 11, 21), merged=2), NOW)
    assert "It is late" in letter.lines[0]
    assert letter.lines[-1].startswith("2 earlier messages")


def test_a_rule_asks_in_its_own_words_if_others_may_read_them() -> None:
    neutral = Text("两周了，有回音吗？", "Two weeks now. Any word?")
    telling = Text("法院那边有消息吗？", "Any news from the court?")
    assert WRITER.write(an_occasion(say=neutral), NOW).question == "Two weeks now. Any word?"
    assert WRITER.write(an_occasion(say=telling), NOW).question == "Have they answered?"


def test_a_care_message_asks_nothing_but_how_the_person_is() -> None:
    letter = WRITER.write(an_occasion(FollowUpKind.CARE, contacts=(LINE,), fact=None), NOW)
    assert letter.subject == "Ashore: how are you?"
    assert "Help line: 12356 (always)" in letter.lines


def test_a_verification_carries_a_code_and_one_button() -> None:
    letter = WRITER.write(an_occasion(FollowUpKind.VERIFICATION, code="482913", fact=None), NOW)
    assert "482913" in letter.lines[0]
    assert links_of(letter) == [Link(Purpose.VERIFY, 3, "482913"), Link(Purpose.STOP, 3)]


def test_a_trusted_person_is_told_the_day_and_can_answer_nothing_for_the_other() -> None:
    letter = WRITER.write(an_occasion(role=ChannelRole.TRUSTED, event_day=date(2026, 12, 1)), NOW)
    assert "Tuesday 1 December, in 7 days." in letter.lines
    assert links_of(letter) == [Link(Purpose.STOP, 3)]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_word_of_a_message_tells_another_reader_what_it_is_about(language: str) -> None:
    texts = [*TEXTS.words.values(), *(text for ask in TEXTS.asks.values() for text in (ask.question, ask.then))]
    texts += [text for ask in TEXTS.asks.values() for text in ask.answers.values()]
    assert [text for text in texts if not TEXTS.is_neutral(text.in_language(language))] == []


@pytest.mark.parametrize(("kind", "language"), list(product(FollowUpKind, ["zh-CN", "en"])))
def test_every_kind_of_message_can_be_written(kind: FollowUpKind, language: str) -> None:
    letter = WRITER.write(an_occasion(kind, language, code="482913", merged=1, contacts=(LINE,)), NOW)
    assert letter.question
    assert "{" not in letter.subject + letter.as_text()
    assert letter.stop_url in as_html(letter)


def test_a_name_with_html_in_it_stays_text() -> None:
    contact = Contact("x", Text("<b>x</b>", "<b>x</b>"), "1", Text("", ""), Text("", ""), SourceRef("s"))
    letter = WRITER.write(an_occasion(FollowUpKind.CARE, contacts=(contact,), fact=None), NOW)
    assert "<b>" not in as_html(letter)


def test_a_text_that_lacks_a_language_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "messages.yaml"
    path.write_text("telling_words: {zh: [], en: []}\nasks: {}\nsubject: {zh: 好}\n", encoding="utf-8")
    with pytest.raises(TextsError, match=r"asks|subject"):
        read_texts(path)


def test_telling_words_are_found_whatever_their_case() -> None:
    assert not Texts({}, {}, ("debt",)).is_neutral("Your Debt")
