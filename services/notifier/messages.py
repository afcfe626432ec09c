"""Writes letters: the date, one consequence, one question whose answers are signed links; neutral for others' eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date

from services.casebook.links import Link, LinkSigner, Purpose
from services.casebook.model import ChannelRole, FollowUpKind
from services.notifier.channels.letter import Button, Letter
from services.notifier.texts import AskTexts, Texts
from services.rulebook.model import Contact, Fact, Kind, Text

ASK_FOR_HELP = (FollowUpKind.SMALLER_TRY, FollowUpKind.LAST_WORD)
"""They ask no fact, only whether help is still wanted."""
ANSWERS_LAST = timedelta(days=60)
STOP_LASTS = timedelta(days=3650)
"""Somebody may find an old message and want no more of them."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why one message is written, to whom, and what it may say.

    `event_day` is the day that it reminds of, if it does; `merged` counts earlier messages that this one stands for;
    `code` proves a channel; `contacts` are shown with care.
    """

    kind: FollowUpKind
    key: str
    follow_up_id: int
    channel_id: int
    language: str
    today: date
    planned_for: date
    role: ChannelRole = ChannelRole.SELF
    fact: Fact | None = None
    say: Text | None = None
    event_day: date | None = None
    merged: int = 0
    code: str = ""
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes letters with the words of one installation."""

    texts: Texts
    signer: LinkSigner

    def write(self, occasion: Occasion, now: datetime) -> Letter:
        lines, question = self._body(occasion)
        if occasion.merged:
            lines = (*lines, self.texts.say("merged", occasion.language, count=occasion.merged))
        stop = self.signer.url(Link(Purpose.STOP, occasion.channel_id), now + STOP_LASTS)
        return Letter(
            key=occasion.key,
            language=occasion.language,
            subject=self._subject(occasion),
            lines=lines,
            question=question,
            buttons=self._buttons(occasion, now),
            footer=self._footer(occasion, stop, now),
            stop_url=stop,
            page=self._page(occasion, now),
        )

    def _subject(self, occasion: Occasion) -> str:
        if occasion.kind is FollowUpKind.VERIFICATION:
            return self.texts.say("subject_verification", occasion.language)
        if occasion.kind is FollowUpKind.CARE:
            return self.texts.say("subject_care", occasion.language)
        if occasion.event_day is not None:
            return self.texts.say("subject_on_a_day", occasion.language, day=self._day(occasion, occasion.event_day))
        return self.texts.say("subject", occasion.language)

    def _body(self, occasion: Occasion) -> tuple[tuple[str, ...], str]:
        language, kind = occasion.language, occasion.kind
        if occasion.role is ChannelRole.TRUSTED and kind is not FollowUpKind.VERIFICATION:
            lines = (self.texts.say("trusted.lines", language), self._when(occasion))
            return lines, self.texts.say("trusted.question", language)
        if f"{kind}.lines" in self.texts.words:
            line = self.texts.say(f"{kind}.lines", language, code=occasion.code)
            return (line,), self.texts.say(f"{kind}.question", language)
        if kind is FollowUpKind.CARE:
            return (self.texts.say("care", language), *self._contacts(occasion)), self._question(occasion)
        then = self._asking(occasion).then.in_language(language)
        return (self._when(occasion), then), self._question(occasion)

    def _when(self, occasion: Occasion) -> str:
        if occasion.event_day is None:
            name = "noted_for" if occasion.planned_for >= occasion.today else "noted_for_late"
            return self.texts.say(name, occasion.language, day=self._day(occasion, occasion.planned_for))
        days = (occasion.event_day - occasion.today).days
        name = {0: "day_today", 1: "day_tomorrow"}.get(days, "day_ahead" if days > 0 else "day_past")
        return self.texts.say(name, occasion.language, day=self._day(occasion, occasion.event_day), days=days)

    def _question(self, occasion: Occasion) -> str:
        """In the words of the rule, if others may read them; else in our words for the fact that it asks."""
        if occasion.say is not None and all(self.texts.is_neutral(text) for text in occasion.say):
            return occasion.say.in_language(occasion.language)
        return self._asking(occasion).question.in_language(occasion.language)

    def _contacts(self, occasion: Occasion) -> tuple[str, ...]:
        language = occasion.language
        return tuple(
            self.texts.say(
                "care_contact",
                language,
                name=contact.name.in_language(language),
                number=contact.number,
                hours=contact.hours.in_language(language),
            )
            for contact in occasion.contacts
        )

    def _buttons(self, occasion: Occasion, now: datetime) -> tuple[Button, ...]:
        until = now + ANSWERS_LAST
        if occasion.kind is FollowUpKind.VERIFICATION:
            link = Link(Purpose.VERIFY, occasion.channel_id, occasion.code)
            return (Button(self.texts.say("verification.button", occasion.language), self.signer.url(link, until)),)
        if occasion.role is ChannelRole.TRUSTED:
            return ()
        if occasion.kind in ASK_FOR_HELP:
            words = {"yes": "help_wanted", "no": "help_not_wanted"}
            return tuple(
                self._answer(occasion, self.texts.say(name, occasion.language), word, until)
                for word, name in words.items()
            )
        answers = self._answers(occasion)
        buttons = [self._answer(occasion, text.in_language(occasion.language), word, until) for word, text in answers]
        name = "other_answer" if answers else "open"
        return (*buttons, self._answer(occasion, self.texts.say(name, occasion.language), "", until))

    def _page(self, occasion: Occasion, now: datetime) -> Button | None:
        if occasion.role is ChannelRole.TRUSTED or occasion.kind is FollowUpKind.VERIFICATION:
            return None
        return self._answer(occasion, self.texts.say("open", occasion.language), "", now + ANSWERS_LAST)

    def _answers(self, occasion: Occasion) -> list[tuple[str, Text]]:
        """Buttons for the words that the fact has in the release in force, and for no others."""
        if occasion.fact is None:
            return []
        possible = ("yes", "no") if occasion.fact.kind is Kind.YES_NO else occasion.fact.words
        return [(word, text) for word, text in self._asking(occasion).answers.items() if word in possible]

    def _answer(self, occasion: Occasion, label: str, word: str, until: datetime) -> Button:
        return Button(label, self.signer.url(Link(Purpose.ANSWER, occasion.follow_up_id, word), until))

    def _footer(self, occasion: Occasion, stop: str, now: datetime) -> tuple[Button, ...]:
        language = occasion.language
        last = Button(self.texts.say("stop", language), stop)
        if occasion.kind in (FollowUpKind.VERIFICATION, FollowUpKind.LAST_WORD) or occasion.role is ChannelRole.TRUSTED:
            return (last,)
        snooze = self.signer.url(Link(Purpose.SNOOZE, occasion.follow_up_id), now + ANSWERS_LAST)
        return (Button(self.texts.say("snooze", language), snooze), last)

    def _asking(self, occasion: Occasion) -> AskTexts:
        return self.texts.ask(occasion.fact.id if occasion.fact is not None else None)

    def _day(self, occasion: Occasion, day: date) -> str:
        pattern = self.texts.say("day_pattern", occasion.language)
        return format_date(day, pattern, locale="en" if occasion.language == "en" else "zh")
