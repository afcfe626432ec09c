"""What can happen to a case, as a table: the type of an event, the data it takes and the facts it sets."""

from __future__ import annotations

from collections.abc import Mapping

from services.casebook.event_type import DataField, DataKind, EventType, FactChange
from services.rulebook.model import Text


def _of(*facts: str) -> tuple[DataField, ...]:
    """Data fields that bear the name of the fact they set."""
    return tuple(DataField(fact, fact) for fact in facts)


AMOUNT = DataField("amount_fen", kind=DataKind.MONEY)
NOTE = DataField("note", kind=DataKind.TEXT)
"""Allowed with every event; it is kept for the person and never sent anywhere."""
PAPER = DataField("legal_doc", "legal_doc", is_required=True, aliases=("kind", "paper", "document"))
NO_PAPER: FactChange = {
    "legal_doc": "none",
    "days_since_doc": None,
    "legal_doc_verified": None,
    "small_claims": None,
    "answer_by_on": None,
    "hearing_on": None,
    "perform_by_on": None,
}
NEW_PAPER: FactChange = {fact: None for fact in NO_PAPER if fact != "legal_doc"}
PAPER_FIELDS = (
    PAPER,
    *_of("answer_by_on", "hearing_on", "perform_by_on", "small_claims", "legal_doc_verified"),
)
COMPLAINT_WORDS = {"lender": "to_lender", "regulator": "to_regulator"}
MEDIATION_OVER: FactChange = {"mediation_session_on": None}
ASKED: FactChange = {"negotiation": "waiting"}

_TYPES = (
    EventType("call.missed", Text("没接到电话", "Missed a call"), fields=(DataField("count", kind=DataKind.WHOLE),)),
    EventType(
        "call.answered",
        Text("接了电话", "Answered a call"),
        fields=(DataField("conduct", "conduct", DataKind.WORDS), *_of("night_contact", "collector_verified")),
    ),
    EventType(
        "conduct.seen",
        Text("遇到不当行为", "Improper conduct"),
        fields=(
            DataField("conduct", "conduct", DataKind.WORDS, is_required=True),
            *_of("night_contact", "calls_max_per_day", "calls_answered_max_per_day"),
        ),
    ),
    EventType(
        "contact_details.updated", Text("更新了联系方式", "Updated the contact details"), {"contact_current": True}
    ),
    EventType(
        "channel.agreed",
        Text("约好了联系渠道", "Agreed on one channel"),
        {"channel_agreed": True, "missed_calls_7d": 0},
    ),
    EventType("records.kept", Text("做了记录", "Kept a record"), {"records_kept": "some"}, _of("records_kept")),
    EventType("lender.contacted", Text("联系了贷款方", "Contacted the lender"), ASKED, starts=("days_waiting",)),
    EventType(
        "offer.sent",
        Text("提出了方案", "Made an offer"),
        ASKED,
        (AMOUNT, DataField("instalments", kind=DataKind.WHOLE), *_of("instalment_fen")),
        starts=("days_waiting",),
    ),
    EventType(
        "offer.accepted",
        Text("对方同意了", "The offer was accepted"),
        {"negotiation": "agreed", "promise_status": "on_track", "days_waiting": None, "agreement_written": None},
        _of("agreement_written", "agreement_affordable", "instalment_fen", "next_instalment_on"),
    ),
    EventType(
        "offer.refused",
        Text("对方拒绝了", "The offer was refused"),
        {"negotiation": "refused"},
        (DataField("reason", kind=DataKind.TEXT),),
    ),
    EventType(
        "offer.countered",
        Text("对方提了别的方案", "They made another offer"),
        {"negotiation": "partial_offer", "agreement_affordable": None},
        _of("agreement_affordable", "agreement_written", "instalment_fen"),
    ),
    EventType(
        "agreement.received_in_writing",
        Text("拿到了书面协议", "Got the agreement in writing"),
        {"negotiation": "agreed", "agreement_written": True},
        _of("agreement_affordable", "instalment_fen", "next_instalment_on"),
    ),
    EventType(
        "agreement.broken",
        Text("协议作废了", "The agreement has failed"),
        {"negotiation": "broken", "next_instalment_on": None},
    ),
    EventType(
        "payment.made",
        Text("还了一笔", "Made a payment"),
        {"promise_status": "on_track", "next_instalment_on": None},
        (AMOUNT, *_of("next_instalment_on", "amount_due_fen")),
        only_if=("negotiation", "agreed"),
    ),
    EventType(
        "payment.at_risk",
        Text("下一期可能还不上", "The next payment is at risk"),
        {"promise_status": "due_soon"},
        _of("ability_to_pay", "next_instalment_on"),
    ),
    EventType(
        "payment.missed",
        Text("错过了一期", "Missed a payment"),
        {"promise_status": "missed"},
        _of("ability_to_pay"),
    ),
    EventType(
        "debt.paid",
        Text("全部还清了", "Paid everything"),
        {"promise_status": "completed", "next_instalment_on": None, "amount_due_fen": 0, "total_balance_fen": 0},
        (AMOUNT,),
    ),
    EventType(
        "mediation.applied", Text("申请了调解", "Applied for mediation"), {"mediation": "applied", **MEDIATION_OVER}
    ),
    EventType(
        "mediation.invited",
        Text("收到调解邀请", "Invited to mediation"),
        {"mediation": "invited"},
        _of("mediation_session_on", "legal_doc_verified"),
    ),
    EventType(
        "mediation.scheduled",
        Text("约好了调解时间", "A mediation session is set"),
        {"mediation": "in_progress"},
        (DataField("mediation_session_on", "mediation_session_on", aliases=("session_on", "on")),),
    ),
    EventType(
        "mediation.started",
        Text("开始调解了", "Mediation has begun"),
        {"mediation": "in_progress"},
        _of("mediation_session_on"),
    ),
    EventType(
        "mediation.settled",
        Text("调解成功", "Mediation succeeded"),
        {"mediation": "agreed", "negotiation": "agreed", **MEDIATION_OVER},
        _of("next_instalment_on", "instalment_fen", "agreement_written", "agreement_affordable"),
    ),
    EventType(
        "mediation.confirmed",
        Text("法院确认了调解协议", "The court confirmed the settlement"),
        {"mediation": "confirmed", "negotiation": "agreed", "agreement_written": True},
        _of("next_instalment_on"),
    ),
    EventType("mediation.failed", Text("调解没成", "Mediation failed"), {"mediation": "failed", **MEDIATION_OVER}),
    EventType(
        "court_paper.received",
        Text("收到文书", "A paper arrived"),
        NEW_PAPER,
        PAPER_FIELDS,
        starts=("days_since_doc",),
    ),
    EventType(
        "court_paper.verified",
        Text("核实了文书", "Checked the paper"),
        {"legal_doc_verified": True},
        (DataField("legal_doc_verified", "legal_doc_verified", aliases=("genuine",)),),
    ),
    EventType(
        "court_paper.dated",
        Text("文书上的日期", "The dates on the paper"),
        fields=_of("answer_by_on", "hearing_on", "perform_by_on", "small_claims"),
    ),
    EventType("court_paper.dealt_with", Text("文书的事办完了", "The paper is dealt with"), NO_PAPER),
    EventType(
        "income.changed",
        Text("收入有变化", "The income has changed"),
        {"ability_to_pay": None, "monthly_surplus_fen": None},
        _of("income_outlook", "net_income_fen", "ability_to_pay", "income_resumes_on", "next_payday_on"),
    ),
    EventType(
        "budget.updated",
        Text("更新了收支", "Updated the budget"),
        {"ability_to_pay": None, "monthly_surplus_fen": None},
        _of(
            "net_income_fen",
            "essential_costs_fen",
            "priority_payments_fen",
            "other_debt_payments_fen",
            "cash_available_fen",
            "amount_due_fen",
            "ability_to_pay",
            "next_payday_on",
        ),
    ),
    EventType(
        "safety.changed",
        Text("状态有变化", "How the person is has changed"),
        fields=(DataField("safety_state", "safety_state", is_required=True, aliases=("state",)),),
    ),
    EventType(
        "complaint.sent",
        Text("投诉了", "Sent a complaint"),
        {"complaint": "to_lender"},
        (DataField("complaint", "complaint", aliases=("to",), words=COMPLAINT_WORDS),),
        starts=("days_waiting",),
    ),
    EventType("complaint.answered", Text("投诉有答复", "The complaint was answered"), {"complaint": "answered"}),
    EventType(
        "credit_report.checked",
        Text("查了征信", "Checked the credit report"),
        fields=(DataField("credit_report", "credit_report", is_required=True, aliases=("result",)),),
    ),
    EventType(
        "agent.approached",
        Text("有人收费代办", "A paid agent appeared"),
        {"agent": "approached"},
        (DataField("agent", "agent"),),
    ),
    EventType("agent.dealt_with", Text("代办的事处理好了", "The agent is dealt with"), {"agent": "none"}),
    EventType(
        "answer.given",
        Text("回答了一个问题", "Answered a question"),
        fields=(
            DataField("fact", kind=DataKind.FACT_ID, is_required=True),
            DataField("value", kind=DataKind.ANY, is_required=True),
        ),
    ),
    EventType(
        "facts.corrected",
        Text("改正了回答", "Corrected the answers"),
        fields=(DataField("facts", kind=DataKind.ANY, is_required=True),),
    ),
    EventType("step.done", Text("做完一步", "Took a step"), fields=(DataField("action", kind=DataKind.TEXT),)),
    EventType("help.wanted", Text("还需要帮忙", "Still wants help")),
    EventType("case.closed", Text("事情了结了", "It is over"), closes=True),
)
EVENT_TYPES: Mapping[str, EventType] = {event.id: event for event in _TYPES}

CASE_OPENED = "case.opened"
TIME_PASSED = "time.passed"
RULES_CHANGED = "rules.changed"
SILENCE = "silence"
COUNSELLOR_CAME = "counsellor.came"
"""Events that the casebook writes itself; nobody can post them."""
