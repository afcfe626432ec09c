"""The list as an A4 file with real Chinese type, to print or to hand to somebody."""

from __future__ import annotations

import string
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from services.advisor.pages.pdf_font import font_file
from services.advisor.pages.texts import Words
from services.rulebook.advice_texts import AdviceTexts, Json

FONT = "cjk"
TITLE, HEADING, BODY, SMALL = 18, 13, 10.5, 9


def pdf_of(advice: Json, words: Words, texts: AdviceTexts, data: Path) -> bytes:
    """The list as a PDF. The font is kept in `data`; it holds every character of the rulebook and of the catalogue."""
    document = FPDF(format="A4")
    document.set_title(words("site.title"))
    document.set_margins(18, 16)
    document.set_auto_page_break(True, 16)
    document.add_font(FONT, fname=font_file(data, characters_of(words, texts)))
    document.add_page()
    _line(document, words("plan.heading"), TITLE)
    _line(document, advice["receipt"]["as_of"], SMALL)
    for number, step in enumerate(advice["steps"], 1):
        _step(document, number, step, words)
    _line(document, words("help.heading"), HEADING)
    _line(document, "   ".join(f"{c['name']} {c['number']}" for c in advice["safety"]["contacts"]), SMALL)
    _line(document, f"{words('plan.not_done')} {advice['disclaimer']}", SMALL)
    return bytes(document.output())


def characters_of(words: Words, texts: AdviceTexts) -> frozenset[str]:
    said = frozenset("".join(map(repr, (texts.steps, texts.questions, texts.contacts))))
    return said | words.characters | frozenset(string.printable)


def _step(document: FPDF, number: int, step: Json, words: Words) -> None:
    when = words("plan.due", due=step["due"]) if step["due"] else step["urgency_label"]
    document.ln(2)
    _line(document, f"{number}. {step['title']}  ({when})", HEADING)
    _line(document, step["text"].strip(), BODY)
    _line(document, f"{words('plan.why')}: {step['because'].strip()}", SMALL)
    named = [_source(source, words) for source in step["sources"]]
    _line(document, f"{words('plan.sources')}: {'; '.join(named)}", SMALL)


def _source(source: Json, words: Words) -> str:
    part = source["part"] or ""
    return f"{source['title']} {words('plan.article', part=part)}" if part[:1].isdigit() else str(source["title"])


def _line(document: FPDF, text: str, size: float) -> None:
    document.set_font(FONT, size=size)
    document.multi_cell(0, size * 0.52, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
