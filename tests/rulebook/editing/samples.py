"""A small topic with comments in every place where people put them."""

from __future__ import annotations

from typing import Any

TOPIC_FILE = "topics/pay.yaml"
RULES = """\
# Paying.
topic: pay
title: {zh: 还, en: pay}
may_join: no
rules:

# the plain way
- id: pay-in-full
  title:
    zh: 一次还清
    en: Pay it all
  when:
    # both ends count
    days_overdue: 1..90     # both included
    ability_to_pay: [full_now, unknown]
  advise: pay_in_full
  urgency: today            # soon
  text:
    zh: |
      今天就还。
      留好凭证。
    en: |
      Pay today.
      Keep the proof.
  because:
    zh: 还了就了。
    en: "What is paid is done: it ends."
  sources:
  - {id: civil-code, part: "188"}   # the three years
  - {id: article}
  valid: {from: 2026-01-01}
  review_by: 2027-06-30
  owner: advice-team # for now

# when there is less
- id: pay-part
  advise: pay_part
  urgency: this_week
# the end
"""


def rule_values(**values: Any) -> dict[str, Any]:
    """All fields that a rule needs."""
    text = {"zh": "等", "en": "Wait"}
    return {
        "title": text, "when": "anything", "advise": "wait", "urgency": "today", "text": {"zh": "等。", "en": "Wait."},
        "because": text, "sources": [{"id": "article"}], "valid": {"from": "2026-01-01"}, "review_by": "2027-06-30",
        "owner": "advice-team", **values,
    }  # fmt: skip
