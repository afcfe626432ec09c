"""What Ashore says in its own voice, in both languages; everything that is advice stands in the rulebook."""

from __future__ import annotations

from collections.abc import Mapping

from services.rulebook.model import Confidence, SourceKind, Text, Urgency

URGENCY: Mapping[Urgency, Text] = {
    Urgency.NOW: Text("现在", "now"),
    Urgency.TODAY: Text("今天", "today"),
    Urgency.THIS_WEEK: Text("这一周", "this week"),
    Urgency.THIS_MONTH: Text("这个月", "this month"),
    Urgency.KEEP_DOING: Text("一直坚持", "keep doing"),
}

SOURCE_KIND: Mapping[SourceKind, Text] = {
    SourceKind.LAW: Text("法律", "law"),
    SourceKind.JUDICIAL_INTERPRETATION: Text("司法解释", "judicial interpretation"),
    SourceKind.REGULATION: Text("法规或规章", "regulation"),
    SourceKind.NATIONAL_STANDARD: Text("国家标准(推荐)", "national standard (recommended)"),
    SourceKind.INDUSTRY_GUIDE: Text("行业自律", "industry guide"),
    SourceKind.OFFICIAL_NOTICE: Text("官方提示", "official notice"),
    SourceKind.OFFICIAL_CHANNEL: Text("官方渠道", "official channel"),
    SourceKind.METHOD: Text("方法", "method"),
    SourceKind.ARTICLE: Text("文章", "article"),
    SourceKind.USER_REPORT: Text("用户反馈", "user report"),
}

CONFIDENCE: Mapping[Confidence, Text] = {
    Confidence.TEXT_READ: Text("已核对原文", "its text was read"),
    Confidence.SECONDARY: Text("据转述，未核对原文", "as reported; the text itself was not read"),
    Confidence.UNVERIFIED: Text("尚未核实", "not yet verified"),
}

YES, NO = Text("是", "yes"), Text("否", "no")
NOTHING_OF_THESE = Text("都没有", "none of these")
ANYTHING = Text("已经知道", "known")
NOT_KNOWN = Text("还不知道", "not known yet")
OR, LIST_SEPARATOR = Text("或", " or "), Text("、", ", ")
AT_LEAST, AT_MOST = Text("{low}{unit}或以上", "{low}{unit} or more"), Text("不超过 {high}{unit}", "up to {high}{unit}")
BETWEEN = Text("{low} 到 {high}{unit}", "{low} to {high}{unit}")
NONE_OF = Text("没有{words}", "without {words}")

WHY_NOT_FACT = Text(
    "“{label}”现在是“{saw}”，这一步要在“{needs}”时才适合。",
    "“{label}” is “{saw}” now; this step fits when it is “{needs}”.",
)
WHY_NOT_SILENCED = Text("先做更要紧的一步：{title}。", "A more important step comes first: {title}.")
WHY_NOT_IN_FORCE = Text("这条建议目前不在有效期内。", "This advice is not in force at present.")

ALL_KNOWN = Text(
    "在目前知道的情况下，没有哪个问题的答案还会改变这份建议。",
    "With what is known now, no answer to a further question would change this advice.",
)
STILL_OPEN = Text(
    "还有 {count} 条建议要看您的回答才能确定。",
    "Whether {count} more pieces of advice apply depends on your answers.",
)
DECLINED_LEFT = Text(
    "有些问题没有回答，与它们有关的 {count} 条建议没有给出。",
    "Some questions stay unanswered; {count} pieces of advice that depend on them are not given.",
)
FORECAST = Text(
    "如果其他情况不变，{on}(再过 {days} 天)起建议会变化", "If nothing else changes, from {on} (in {days} days)"
)
FORECAST_ADDED = Text("增加“{titles}”", "this is added: {titles}")
FORECAST_REMOVED = Text("不再建议“{titles}”", "this falls away: {titles}")
FORECAST_CHANGED = Text("“{titles}”的做法会调整", "this is to be done differently: {titles}")
CLAUSE_SEPARATOR, SENTENCE_END, COLON = Text("；", "; "), Text("。", "."), Text("：", ": ")

CONTRADICTION = Text(
    "您填的“{label}”是“{stated}”，但按其他数字算出来是“{computed}”。这里按您填的来，请核对一下。",
    "You gave “{stated}” for “{label}”, but the other figures make it “{computed}”. Your answer is used; please check.",
)
LATE = Text("期限已经过了", "the deadline has passed")
DISCLAIMER = Text(
    "这是一般信息，不是法律意见。Ashore 免费，不代办，不会向您要身份证号、银行卡号、密码或验证码。",
    "This is general information, not legal advice. Ashore is free, never acts for you and never asks for an ID, "
    "a card number, a password or a code.",
)
