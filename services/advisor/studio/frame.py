"""What every template of the studio may ask for, beside what its page is given."""

from __future__ import annotations

from services.advisor.studio.blueprint import blueprint
from services.advisor.studio.bookshelf import book_of, cards_of
from services.advisor.studio.draft_tabs import next_step, tabs_of
from services.advisor.studio.entry_desk import Desk, Outcome
from services.advisor.studio.forms.condition_rows import AS_WRITTEN, OPERATORS, ConditionRow
from services.advisor.studio.forms.kinds import SPECS
from services.advisor.studio.forms.options import Option
from services.advisor.studio.navigation import navigation
from services.advisor.studio.rendering import said, studio_parts, words
from services.advisor.studio.rule_cards import RuleCard
from services.casebook.authors import STARTER
from services.casebook.releases import FIRST_WHY
from services.rulebook.model import Fact

ENTRY_KINDS = ("facts", "actions", "sources", "cases", "contacts")


@blueprint.context_processor
def frame() -> dict[str, object]:
    return {
        "navigation": navigation, "tabs_of": tabs_of, "next_step": next_step, "field_name": field_name,
        "hint_for": hint_for, "has_form": SPECS.__contains__, "entry_kinds": ENTRY_KINDS, "group_name": group_name,
        "counted": counted, "plainly": plainly, "operators_of": operators_of, "word_options": word_options,
        "preview_card": preview_card,
    }  # fmt: skip


def field_name(key: str) -> str:
    """What a field of a rule file is called on the pages; the key itself where nobody has named it."""
    return words()(f"field.{key}") if f"field.{key}" in studio_parts().catalogue else key


def hint_for(kind: str, key: str) -> str:
    name = f"hint.{kind}_{key}"
    return words()(name) if name in studio_parts().catalogue else ""


def group_name(group: str) -> str:
    """The headings under which facts stand in long lists."""
    return words()(f"group.{group}") if f"group.{group}" in studio_parts().catalogue else group


def plainly(text: str) -> str:
    """What the very first start wrote into the database, in the language of the page; anything else as it is."""
    known = {STARTER.name: "first_start.by", FIRST_WHY: "first_start.why"}.get(text)
    return words()(known) if known else text


def counted(key: str, count: int) -> str:
    """A text with a count in it; with its own form for one and for none, where it has them."""
    form = {0: f"{key}_none", 1: f"{key}_one"}.get(count, key)
    return words()(form if form in studio_parts().catalogue else key, count=count)


def operators_of(fact: Fact, row: ConditionRow) -> tuple[str, ...]:
    """`written` is offered only to numbers, and where it is needed."""
    known = OPERATORS[fact.kind]
    return known if row.operator in known else (*known, AS_WRITTEN)


def word_options(fact: Fact) -> list[Option]:
    return [Option(choice.word, said(choice.label)) for choice in fact.choices]


def preview_card(desk: Desk, outcome: Outcome) -> RuleCard | None:
    """The rule as it would read if it were saved now; None where it cannot be read."""
    if desk.kind != "rules" or outcome.files is None:
        return None
    book = book_of(outcome.files)
    rule, cards = book.rules.get(str(desk.form.states["id"]).strip()), cards_of(book)
    return cards.card(rule) if rule is not None and cards is not None else None
