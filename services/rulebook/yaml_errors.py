"""Says in plain words what a YAML parser complains about."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from services.rulebook.model import Text


def explain(error: YAMLError) -> tuple[int, Text, Text | None]:
    """The line of a syntax error (1 if unknown), what is wrong, and how it is usually mended."""
    if not isinstance(error, MarkedYAMLError):
        return 1, _UNREADABLE, None
    said = f"{error.context or ''} {error.problem or ''}".lower()
    for part, detail, suggestion in _KNOWN:
        if part in said:
            return _line(error, part in _BEGINS_EARLIER), detail, suggestion
    return _line(error, False), _UNREADABLE, _CHECK_ABOVE


def _line(error: MarkedYAMLError, is_earlier: bool) -> int:
    marks = (error.context_mark, error.problem_mark) if is_earlier else (error.problem_mark, error.context_mark)
    mark = marks[0] or marks[1]
    return 1 if mark is None else mark.line + 1


_BEGINS_EARLIER = ("quoted scalar", "flow")
"""A quote or bracket that is never closed is only noticed much later; its reader looks for where it was opened."""
_UNREADABLE = Text("这里不符合 YAML 的写法，读不下去了。", "This is not well-formed YAML; reading stopped here.")
_CHECK_ABOVE = Text(
    "请检查这一行和上一行的缩进、冒号、引号和括号。",
    "Check the indentation, colons, quotes and brackets of this line and the one above.",
)
_KNOWN: tuple[tuple[str, Text, Text], ...] = (
    (
        "tab character",
        Text("这一行用 Tab 缩进。", "This line is indented with a tab."),
        Text("请改成空格。", "Use spaces, not tabs."),
    ),
    (
        "cannot start any token",
        Text("这里的符号不能放在开头。", "A value cannot begin with this sign."),
        Text(
            "缩进请用空格，不要用 Tab；以 `@`、`%`、反引号开头的文字请加引号。",
            "Indent with spaces, not tabs; put text that begins with `@`, `%` or a backtick in quotes.",
        ),
    ),
    (
        "mapping values are not allowed",
        Text("这里多了一个冒号，或缩进不对。", "There is a colon too many here, or the indentation is off."),
        Text(
            "如果冒号是文字的一部分，请给整段文字加引号，或用 `|` 换行书写。",
            "If the colon belongs to the text, put the whole text in quotes or write it below a `|`.",
        ),
    ),
    (
        "could not find expected ':'",
        Text("这里少了一个冒号。", "A colon is missing here."),
        Text(
            "冒号要用英文的 `:`，后面空一格；多行文字请用 `|`，并缩进。",
            "Write `:` followed by a space; write text of several lines below a `|`, indented.",
        ),
    ),
    (
        "quoted scalar",
        Text(
            "引号没有成对，或引号里有不能识别的 `\\` 写法。",
            "A quote is not closed, or `\\` is followed by something unknown.",
        ),
        Text("请补上结尾的引号。", "Add the closing quote."),
    ),
    (
        "flow",
        Text("括号没有写完整。", "A bracket is not complete."),
        Text(
            "请检查 `[ ]`、`{ }` 是否成对，各项之间是否有英文逗号；含 `[`、`{`、`,` 的文字请加引号。",
            "Check that `[ ]` and `{ }` are paired, with commas between the items; quote text with `[`, `{` or `,`.",
        ),
    ),
    (
        "block",
        Text("这一行的缩进和上面对不上。", "The indentation of this line does not match the lines above."),
        Text("同一层的每一行，前面的空格数要相同。", "All lines of one level begin with the same number of spaces."),
    ),
)
