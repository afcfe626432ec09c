"""A whole small rulebook as files, for tests that write rule files and look at what the loader says."""

from __future__ import annotations

FACTS = """\
facts:
- id: days_overdue
  kind: whole
  label: {zh: 逾期天数, en: days overdue}
  question: {zh: 逾期多少天, en: How many days overdue}
  why: {zh: 决定先后, en: It decides what comes first}
  asked: core
  range: 0..3650
  unit: {zh: 天, en: days}
  moves: grows
- id: days_until_due
  kind: whole
  label: {zh: 还有几天, en: days until due}
  question: {zh: 还有几天, en: How many days are left}
  why: {zh: 还来得及, en: There is time}
  range: 0..60
  moves: falls
  turns_into: days_overdue
- id: negotiation
  kind: one_of
  label: {zh: 协商, en: talks}
  question: {zh: 谈到哪一步, en: Where do the talks stand}
  why: {zh: 决定下一步, en: It decides the next step}
  choices:
  - {word: not_started, zh: 还没谈, en: not begun}
  - {word: refused, zh: 被拒绝, en: refused}
  - {word: agreed, zh: 谈成了, en: agreed}
- id: conduct
  kind: some_of
  label: {zh: 行为, en: conduct}
  question: {zh: 有没有, en: Any of these}
  why: {zh: 安全, en: Safety}
  choices:
  - {word: threat, zh: 威胁, en: threat}
  - {word: leak, zh: 泄露, en: leak}
- id: written
  kind: yes_no
  label: {zh: 书面, en: in writing}
  question: {zh: 有书面吗, en: Is it in writing}
  why: {zh: 凭证, en: Proof}
- id: cash_fen
  kind: money
  label: {zh: 现金, en: cash}
  question: {zh: 有多少, en: How much}
  why: {zh: 够不够, en: Whether it is enough}
  range: 0..1000000000000
- id: hearing_on
  kind: date
  asked: never
  label: {zh: 开庭日, en: hearing}
  question: {zh: 哪天, en: Which day}
  why: {zh: 期限, en: Deadline}
never_together:
- when: {written: yes, negotiation: not_started}
  message: {zh: 还没谈就不会有书面的。, en: Nothing is in writing before talks.}
"""
ACTIONS = """\
actions:
- {id: pay, order: 7, title: {zh: 还款, en: Pay}, minutes: 10}
- {id: hold, order: 5, title: {zh: 先不付, en: Hold}}
- {id: talk, order: 8, title: {zh: 谈, en: Talk}}
never_together:
- {action: hold, with: [pay]}
"""
SOURCES = """\
sources:
- id: article
  kind: article
  confidence: text_read
  title: {zh: 文章, en: The article}
  says: {zh: 尽快还, en: Pay soon}
  checked: 2026-07-01
  review_by: 2027-06-30
  parts:
    pay-soon: {zh: 尽快还, en: Pay soon}
"""
PAY = """\
topic: pay
title: {zh: 还款, en: Paying}
may_join: no
rules:
- id: pay-today
  title: {zh: 今天还, en: Pay today}
  when:
    days_overdue: 1..90
    negotiation: not refused
  advise: pay
  urgency: today
  text:
    zh: |
      今天还清。
    en: |
      Pay it all today.
  because: {zh: 越早越省, en: The sooner the cheaper}
  sources:
  - {id: article, part: pay-soon}
  follow_up:
  - {in: 7 days, ask: negotiation}
  valid: {from: 2026-01-01}
  review_by: 2027-06-30
  owner: advice-team
- id: ask-somebody
  title: {zh: 问人, en: Ask}
  when: anything
  advise: talk
  urgency: this_week
  text: {zh: 问一个人, en: Ask a person}
  because: {zh: 还不清楚, en: Little is known}
  sources: [{id: article}]
  yields_to: everything
  valid: {from: 2026-01-01}
  review_by: 2027-06-30
  owner: advice-team
"""
CASES = """\
cases:
- name: somebody who can pay
  given: {days_overdue: 3, negotiation: not_started}
  expect: [pay]
  not: [hold]
"""
ALWAYS = """\
properties:
- id: never-both
  title: {zh: 不矛盾, en: No contradiction}
  when: {conduct: threat}
  must_not: [hold]
- id: urgency-stays
  title: {zh: 不会变松, en: Never laxer}
  as: days_overdue grows
  urgency: never falls
"""


def small_files() -> dict[str, str]:
    return {
        "facts.yaml": FACTS,
        "actions.yaml": ACTIONS,
        "sources.yaml": SOURCES,
        "topics/pay.yaml": PAY,
        "cases/pay.yaml": CASES,
        "always.yaml": ALWAYS,
    }


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """The small rulebook with one place written otherwise."""
    files = small_files()
    assert files[file].count(old) >= 1, f"{old!r} is not in {file}"
    files[file] = files[file].replace(old, new, 1)
    return files
