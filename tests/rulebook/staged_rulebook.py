"""A small rulebook without gaps, as files: what to do before the due date, in the days of grace, and later."""

from __future__ import annotations

_FACTS = """\
facts:
- id: days_overdue
  kind: whole
  asked: core
  label: {zh: 逾期天数, en: days overdue}
  question: {zh: 逾期多少天, en: How many days overdue}
  why: {zh: 决定先后, en: It decides what comes first}
  range: 0..3650
  unit: {zh: 天, en: days}
- id: conduct
  kind: some_of
  label: {zh: 行为, en: conduct}
  question: {zh: 有没有, en: Any of these}
  why: {zh: 安全, en: Safety}
  choices:
  - {word: threat, zh: 威胁, en: a threat}
  - {word: leak, zh: 泄露, en: a leak}
  - {word: insult, zh: 侮辱, en: an insult}
- id: negotiation
  kind: one_of
  label: {zh: 协商, en: talks}
  question: {zh: 谈到哪一步, en: Where do the talks stand}
  why: {zh: 决定下一步, en: It decides the next step}
  choices:
  - {word: not_started, zh: 还没谈, en: not begun}
  - {word: refused, zh: 被拒绝, en: refused}
  - {word: agreed, zh: 谈成了, en: agreed}
"""
_ACTIONS = """\
actions:
- {id: call, order: 1, title: {zh: 报警, en: Call for help}}
- {id: look, order: 7, title: {zh: 看账单, en: Look at the bill}}
- {id: wait, order: 8, title: {zh: 别等, en: Do not wait}}
- {id: pay, order: 8, title: {zh: 还款, en: Pay}}
- {id: talk, order: 11, title: {zh: 谈, en: Talk}}
"""
_SOURCES = """\
sources:
- id: article
  kind: article
  confidence: text_read
  title: {zh: 文章, en: The article}
  says: {zh: 尽快还, en: Pay soon}
  checked: 2026-07-01
  review_by: 2027-06-30
"""
_HEAD = """\
topic: days
title: {zh: 天数, en: Days}
may_join: yes
rules:
"""
_RULE = """\
- id: {id}
  title: {{zh: 标题{zh}, en: title of {id}}}
  when: {when}
  advise: {advise}
  urgency: {urgency}
  text: {{zh: 说明{zh}, en: what to do}}
  because: {{zh: 原因{zh}, en: why}}
  sources: [{{id: article}}]
  valid: {{from: 2026-01-01}} # {id}
  review_by: 2027-06-30
  owner: advice-team
"""
_RULES = (
    ("early", "一", "{days_overdue: 0}", "look", "this_month"),
    ("grace", "二", "{days_overdue: 1..7}", "wait", "this_week"),
    ("late", "三", "{days_overdue: 8+, negotiation: [not_started, agreed, unknown]}", "pay", "today"),
    ("refused", "四", "{days_overdue: 8+, negotiation: refused}", "talk", "this_week"),
    ("threat", "五", "{conduct: [threat, leak]}", "call", "now"),
    ("nothing", "六", "anything", "talk", "keep_doing"),
)
_CASES = """\
cases:
- name: on the third day
  given: {days_overdue: 3}
  expect: [wait]
  fires: [grace]
  silent: [early, late]
- name: on the eighth day, after a threat
  given: {days_overdue: 8, conduct: [threat]}
  first: [call]
  fires: [late, threat]
- name: on the thirtieth day, refused
  given: {days_overdue: 30, negotiation: refused, conduct: []}
  expect: [talk]
  not: [pay, call]
- name: nothing is known
  given: {}
  ask: conduct
"""


def staged_files() -> dict[str, str]:
    words = ("id", "zh", "when", "advise", "urgency")
    rules = "".join(_RULE.format(**dict(zip(words, rule, strict=True))) for rule in _RULES)
    return {
        "facts.yaml": _FACTS,
        "actions.yaml": _ACTIONS,
        "sources.yaml": _SOURCES,
        "topics/days.yaml": f"{_HEAD}{rules}  yields_to: everything\n",
        "cases/days.yaml": _CASES,
    }
