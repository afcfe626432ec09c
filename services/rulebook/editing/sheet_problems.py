"""What can be wrong with a spreadsheet, said with the name of the cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from services.rulebook.model import Text
from services.rulebook.problems import Problem, did_you_mean, quoted


def at(cell: str, code: str, zh: str, en: str, read: str = "", suggestion: Text | None = None) -> Problem:
    """A problem with one cell, whose name stands before the sentence."""
    return Problem(code, Text(f"{cell}：{zh}", f"{cell}: {en}"), pointer=cell, read=read, suggestion=suggestion)


def whole(code: str, zh: str, en: str) -> Problem:
    """A problem with the file as a whole."""
    return Problem(code, Text(zh, en))


def not_a_sheet() -> Problem:
    return whole(
        "not_a_sheet",
        "这不是能读的表格。请用 Excel 的 .xlsx，或逗号分隔的 .csv。",
        "This is no spreadsheet that can be read. Use .xlsx, or .csv with commas.",
    )


def old_sheet() -> Problem:
    return whole(
        "old_sheet",
        "这是旧格式或加了密码的表格。请去掉密码，另存为 .xlsx。",
        "This is an old or a protected workbook. Take off the password and save it as .xlsx.",
    )


def too_large(limit: str) -> Problem:
    return whole("sheet_too_large", f"表格太大（最多 {limit}）。", f"The spreadsheet is too large (at most {limit}).")


def no_columns() -> Problem:
    return whole(
        "no_columns",
        "第一行要写列名，其中一定有 `id`。",
        "The first row names the columns; one of them is `id`.",
    )


def formula(cell: str) -> Problem:
    return at(
        cell,
        "formula",
        "这里是公式。公式不会被计算，请改成文字。",
        "This is a formula, and none is worked out here. Write text.",
    )


def not_text(cell: str, read: str) -> Problem:
    return at(
        cell,
        "not_text",
        f"`{quoted(read)}` 不是文字。请把单元格格式设为“文本”后重新输入。",
        f"`{quoted(read)}` is no text. Format the cell as text and type it again.",
        quoted(read),
    )


def merged_cells(cell: str, area: str) -> Problem:
    return at(
        cell,
        "merged_cells",
        f"合并的单元格（{area}）请拆开，每格一个值。",
        f"Split the merged cells ({area}): one value in each.",
    )


def unknown_column(cell: str, name: str, known: Iterable[str]) -> Problem:
    read = quoted(name)
    return at(
        cell,
        "unknown_column",
        f"没有名为 `{read}` 的列。",
        f"There is no column called `{read}`.",
        read,
        did_you_mean(name, known),
    )


def column_twice(cell: str, name: str) -> Problem:
    return at(
        cell, "column_twice", f"列 `{quoted(name)}` 写了两次。", f"The column `{quoted(name)}` stands there twice."
    )


def no_heading(cell: str) -> Problem:
    return at(cell, "no_heading", "这一列有内容，但没有列名。", "This column holds something but has no name.")


def id_missing(cell: str) -> Problem:
    return at(cell, "id_missing", "这一行没有 `id`。", "This row has no `id`.")


def id_twice(cell: str, name: str, other: str) -> Problem:
    return at(
        cell,
        "duplicate_id",
        f"`{quoted(name)}` 已经写在 {other}。",
        f"`{quoted(name)}` stands in {other} already.",
        quoted(name),
    )


def other_base(cell: str) -> Problem:
    return at(
        cell,
        "other_base",
        "这张表是从别的版本导出的。请从这个草稿重新导出。",
        "This row was made from another version of the rules. Export the sheet again.",
    )


def not_understood(cell: str, part: str, example: str) -> Problem:
    read = quoted(part)
    suggestion = Text(f"请写成 `{example}`。", f"Write it like `{example}`.")
    return at(cell, "bad_cell", f"看不懂 `{read}`。", f"`{read}` is not understood.", read, suggestion)


def unknown_topic(cell: str, name: str, known: Iterable[str]) -> Problem:
    read = quoted(name)
    return at(
        cell,
        "unknown_topic",
        f"没有名为 `{read}` 的主题。",
        f"There is no topic called `{read}`.",
        read,
        did_you_mean(name, known),
    )


def cannot_edit(cell: str, text: Text) -> Problem:
    return at(cell, "edit", text.zh, text.en)


def rule_removed(name: str) -> Problem:
    text = Text(
        f"表里没有了规则 `{name}`：它会被删去。", f"The rule `{name}` is no longer in the sheet: it is taken out."
    )
    return Problem("rule_removed", text, rule=name, is_warning=True)


def rule_renamed(cell: str, old: str, new: str) -> Problem:
    found = at(cell, "rule_renamed", f"规则 `{old}` 改名为 `{new}`。", f"The rule `{old}` is renamed to `{new}`.")
    return replace(found, rule=new, is_warning=True)


def in_cell(problem: Problem, cell: str) -> Problem:
    """A problem of the rule files, as one of the cell that it comes from."""
    detail = Text(f"{cell}：{problem.detail.zh}", f"{cell}: {problem.detail.en}")
    return replace(problem, detail=detail, pointer=cell)


def no_rows() -> Problem:
    return whole("no_rows", "表里一条规则也没有。", "There is no rule in the sheet at all.")
