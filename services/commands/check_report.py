"""The check of a rulebook summed up in a few lines: what was counted, what was walked, what was found."""

from __future__ import annotations

from collections.abc import Iterator

from services.rulebook.check import CheckReport
from services.rulebook.model import Text

SUMMARY = Text(
    "{gaps} 处空白，{contradictions} 处矛盾，{overlaps} 处重叠，{shadowed} 条规则永不生效，{properties} 条性质不成立。",
    "{gaps} gaps, {contradictions} contradictions, {overlaps} overlaps, {shadowed} rules never heard, "
    "{properties} properties broken.",
)
ENUMERATED = Text(
    "枚举：{topics} 个主题各自的全部区域，共 {regions} 个。",
    "Enumerated: every region of {topics} topics over their own facts, {regions} in all.",
)
WALKED = Text(
    "证明：规则能区分 {regions} 种情况；关于全部情况的 {walks} 个问题，各有一个例子或一个证明"
    "(走过 {states} 个状态)，没有抽样。",
    "Proved: the rules tell {regions} situations apart; {walks} questions about all of them were each answered by an "
    "example or a proof ({states} states walked), none by sampling.",
)
NEXT_STEP = Text("证明：任何情况都有下一步。", "Proved: there is a next step in every situation.")
LEFT_OPEN = Text(
    "没有定论：{questions} 个问题、{topics} 个主题的枚举太大。",
    "Left open: {questions} questions and the enumeration of {topics} topics were too large.",
)
FALLBACK = Text("只有兜底建议的区域：{low}{share}。", "Regions that only the fallback answers: {low}{share}.")
UP_TO = Text("到 {high}", " to {high}")
SHARE = Text("(占 {share:.1e})", " (a share of {share:.1e})")
CASES = Text(
    "案例让 {fired} 条规则生效，对 {missed} 条规则只差一步；{tried}/{edges} 个数字边界两边都有案例。",
    "Cases make {fired} rules speak and just miss {missed}; {tried} of {edges} numeric bounds are tried on both sides.",
)


def report_lines(report: CheckReport, language: str) -> Iterator[str]:
    yield SUMMARY.in_language(language).format(
        gaps=report.count("gap", "no_next_step"),
        contradictions=report.count("contradiction"),
        overlaps=report.count("shared_topic", "overlap"),
        shadowed=report.count("never_speaks", "never_matches"),
        properties=sum(finding.code.startswith("property") for finding in report.findings),
    )
    yield from _looked_at(report, language)
    yield FALLBACK.in_language(language).format(low=_fallback(report, language), share=_share(report, language))
    coverage = report.coverage
    yield CASES.in_language(language).format(
        fired=coverage.fired.bit_count(),
        missed=coverage.just_missed.bit_count(),
        tried=coverage.edges_tried,
        edges=coverage.edges,
    )


def _looked_at(report: CheckReport, language: str) -> Iterator[str]:
    enumerated = sum(topic.regions for topic in report.topics)
    yield ENUMERATED.in_language(language).format(topics=len(report.topics), regions=_large(enumerated))
    yield WALKED.in_language(language).format(regions=_large(report.regions), walks=report.walks, states=report.states)
    if report.always_a_next_step:
        yield NEXT_STEP.in_language(language)
    if report.undecided or report.large_topics:
        yield LEFT_OPEN.in_language(language).format(questions=len(report.undecided), topics=len(report.large_topics))


def _fallback(report: CheckReport, language: str) -> str:
    low, high = report.fallback_regions
    return _large(low) if low == high else _large(low) + UP_TO.in_language(language).format(high=_large(high))


def _share(report: CheckReport, language: str) -> str:
    share = report.fallback_regions.high / report.regions if report.regions else 0.0
    return SHARE.in_language(language).format(share=share)


def _large(number: int) -> str:
    return f"{number:,}" if number < 10**9 else f"{number:.2e}"
