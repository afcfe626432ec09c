"""Reads what the advice rests on and whom to call: sources.yaml, contacts.yaml and guidance.yaml."""

from __future__ import annotations

import re
from datetime import date

from services.rulebook.catalogue import Catalogue
from services.rulebook.fields import Fields, as_text
from services.rulebook.ids import IdStyle
from services.rulebook.model import Confidence, Contact, GuidancePoint, Source, SourceKind, SourceRef, Text
from services.rulebook.problems import Problem, Problems, did_you_mean, quoted
from services.rulebook.values import as_map
from services.rulebook.yaml_nodes import MapNode

SOURCE_KEYS = (
    "id", "title", "kind", "confidence", "says", "authority", "in_force", "checked", "review_by", "url", "parts",
)  # fmt: skip
CONTACT_KEYS = ("id", "name", "number", "use", "hours", "source", "emergency")
LONGEST_URL = 500
_NUMBER = re.compile(r"\+?[0-9][0-9 -]{1,20}")
_URL = re.compile(r"https?://[^\s\"'<>]+")


def read_sources(nodes: list[MapNode], problems: Problems) -> Catalogue[Source]:
    sources: Catalogue[Source] = Catalogue("source", Text("来源", "source"))
    for node in nodes:
        fields = Fields(node, problems, SOURCE_KEYS)
        name = fields.id("id", IdStyle.EITHER)
        if name is not None and sources.claim(name, problems):
            sources.things[name.text] = _source(name.text, fields, problems)
    return sources


def read_ref(node: MapNode, sources: Catalogue[Source], problems: Problems) -> SourceRef | None:
    """A pointer to a source and, if it names one, to a part of it."""
    fields = Fields(node, problems, ("id", "part"))
    name, part = fields.word("id"), fields.word_or_none("part")
    if name is None:
        return None
    source = sources.find(name, problems)
    if source is not None and part is not None and part.text not in source.parts:
        read = quoted(part.text)
        detail = Text(f"来源 `{name.text}` 没有 `{read}` 这一部分。", f"The source `{name.text}` has no part `{read}`.")
        suggestion = did_you_mean(part.text, source.parts)
        problems.add(
            Problem("unknown_part", detail, part.place, read=read, allowed=tuple(source.parts), suggestion=suggestion)
        )
    return SourceRef(name.text, part.text if part else "", name.place)


def read_contacts(nodes: list[MapNode], sources: Catalogue[Source], problems: Problems) -> tuple[Contact, ...]:
    contacts: Catalogue[Contact] = Catalogue("contact", Text("求助渠道", "contact"))
    for node in nodes:
        fields = Fields(node, problems, CONTACT_KEYS)
        name = fields.id("id", IdStyle.EITHER)
        if name is not None and contacts.claim(name, problems):
            contacts.things[name.text] = _contact(name.text, fields, sources, problems)
    return tuple(contacts.sound().values())


def read_guidance(nodes: list[MapNode], problems: Problems) -> Catalogue[GuidancePoint]:
    points: Catalogue[GuidancePoint] = Catalogue("guidance_point", Text("要点", "guidance point"))
    for node in nodes:
        fields = Fields(node, problems, ("id", "says", "left_out"))
        name = fields.id("id", IdStyle.POINT)
        if name is not None and points.claim(name, problems):
            says, left_out = fields.text("says"), fields.text_or_none("left_out")
            points.things[name.text] = GuidancePoint(name.text, says, left_out, name.place)
    return points


def _source(source_id: str, fields: Fields, problems: Problems) -> Source | None:
    title, says = fields.text("title"), fields.text("says")
    kind, confidence = fields.choice("kind", SourceKind), fields.choice("confidence", Confidence)
    authority = fields.word_or_none("authority")
    in_force, checked, review_by = (
        fields.day_or_none("in_force"),
        fields.day_or_none("checked"),
        fields.day("review_by"),
    )
    _refuse_unreviewed(fields, confidence, checked, review_by)
    url, parts = _url(fields, problems), _parts(fields, problems)
    if kind is None or confidence is None:
        return None
    return Source(
        source_id, title, kind, confidence, says, authority.text if authority else "", in_force, checked, review_by,
        url, parts, fields.place,
    )  # fmt: skip


def _refuse_unreviewed(
    fields: Fields, confidence: Confidence | None, checked: date | None, review_by: date | None
) -> None:
    """Whoever says that a text was read says when; and the next look comes after the last."""
    if checked is None and not fields.has("checked") and confidence in (Confidence.TEXT_READ, Confidence.SECONDARY):
        fields.problems.add(Problem("source_unreviewed", _UNREVIEWED, fields.place, read=confidence.value))
    if checked is not None and review_by is not None and review_by < checked:
        read = f"{checked}, {review_by}"
        fields.problems.add(Problem("review_before_check", _REVIEW_BEFORE_CHECK, fields.place, read=read))


def _url(fields: Fields, problems: Problems) -> str:
    node = fields.word_or_none("url")
    if node is None or not node.text:
        return ""
    if len(node.text) > LONGEST_URL or not _URL.fullmatch(node.text):
        problems.add(Problem("bad_url", _BAD_URL, node.place, read=quoted(node.text)))
        return ""
    return node.text


def _parts(fields: Fields, problems: Problems) -> dict[str, Text]:
    node = fields.optional("parts")
    parts = None if node is None else as_map(node, problems)
    return {} if parts is None else {name: as_text(text, problems) for name, text in parts.entries.items()}


def _contact(contact_id: str, fields: Fields, sources: Catalogue[Source], problems: Problems) -> Contact | None:
    name, use, hours = fields.text("name"), fields.text("use"), fields.text("hours")
    number, source = fields.word("number"), fields.map("source")
    ref = None if source is None else read_ref(source, sources, problems)
    if number is not None and not _NUMBER.fullmatch(number.text):
        problems.add(Problem("bad_number", _BAD_NUMBER, number.place, read=quoted(number.text)))
    is_emergency = fields.yes_no("emergency")
    if number is None or ref is None:
        return None
    return Contact(contact_id, name, number.text, use, hours, ref, is_emergency, fields.place)


_UNREVIEWED = Text(
    "写了内容看过，就要写 `checked:` 哪天看的；没看过就写 `confidence: unverified`。",
    "Say on which day it was read (`checked:`), or write `confidence: unverified`.",
)
_REVIEW_BEFORE_CHECK = Text("`review_by` 早于 `checked`。", "`review_by` is earlier than `checked`.")
_BAD_NUMBER = Text("电话号码只能有数字、空格和短横。", "A telephone number has digits, spaces and hyphens only.")
_BAD_URL = Text(
    "网址要以 http:// 或 https:// 开头，中间没有空格。", "An address begins with http:// or https:// and has no spaces."
)
