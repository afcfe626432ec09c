"""How a letter looks as a mail in HTML: one column, large type, nothing loaded from anywhere."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notifier.channels.letter import Letter

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
)


def as_html(letter: Letter) -> str:
    return _templates.get_template("letter.html").render(letter=letter)
