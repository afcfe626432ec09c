"""Days that hang on a case, said as a person would say them."""

from __future__ import annotations

from services.rulebook.findings import filled
from services.rulebook.model import LANGUAGES, FollowUp, Moment, Rulebook, Text
from services.rulebook.wording import say_value


def say_moment(rulebook: Rulebook, moment: Moment) -> Text:
    """`当天`, `7 天后`, `“逾期天数”到 91 天的那天`, `“开庭日”前 3 天`."""
    if moment.in_days is not None:
        return filled(_IN_DAYS if moment.in_days else _SAME_DAY, days=moment.in_days)
    if moment.date_fact:
        date = rulebook.facts[moment.date_fact].label
        form = _BEFORE if moment.offset < 0 else _AFTER if moment.offset else _ON
        return filled(form, date=date, days=abs(moment.offset))
    fact = rulebook.facts[moment.fact]
    value = Text(*(say_value(fact, moment.reaches, language) for language in LANGUAGES))
    return filled(_REACHES, fact=fact.label, value=value)


def say_follow_up(rulebook: Rulebook, follow_up: FollowUp) -> Text:
    """`7 天后：问“协商进展”，说“谈得怎么样了？”`."""
    words = {
        "when": say_moment(rulebook, follow_up.moment),
        "hour": Text("", "") if follow_up.hour is None else filled(_AT_HOUR, hour=follow_up.hour),
        "fact": rulebook.facts[follow_up.ask].label,
    }
    if follow_up.say is None:
        return filled(_ASK, **words)
    return filled(_ASK_AND_SAY, say=follow_up.say, **words)


_SAME_DAY = Text("当天", "on the same day")
_IN_DAYS = Text("{days} 天后", "{days} days later")
_REACHES = Text("“{fact}”到 {value}的那天", "on the day on which “{fact}” reaches {value}")
_BEFORE = Text("“{date}”前 {days} 天", "{days} days before “{date}”")
_ON = Text("“{date}”当天", "on “{date}”")
_AFTER = Text("“{date}”后 {days} 天", "{days} days after “{date}”")
_AT_HOUR = Text(" {hour} 点", " at {hour}:00")
_ASK = Text("{when}{hour}：问“{fact}”", "{when}{hour}: ask about “{fact}”")
_ASK_AND_SAY = Text("{when}{hour}：问“{fact}”，说“{say}”", "{when}{hour}: ask about “{fact}”, saying “{say}”")
