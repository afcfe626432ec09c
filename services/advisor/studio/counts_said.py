"""Says how many, also where there are more situations than anybody has a word for."""

from __future__ import annotations

from services.rulebook.walk import Count

LARGEST_WRITTEN_OUT = 10**9
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def say_number(number: int) -> str:
    """`1,162`, and `4.8 × 10²⁷` for what nobody would read digit by digit."""
    if number < LARGEST_WRITTEN_OUT:
        return f"{number:,}"
    figure, _, power = f"{number:.1e}".partition("e+")
    return f"{figure} × 10{power.lstrip('0').translate(RAISED)}"


def say_count(count: Count, between: str) -> str:
    """An exact count, or its bounds put into `between`; bounds that read the same are said once."""
    low, high = say_number(count.low), say_number(count.high)
    if count.is_exact:
        return high
    return f"≈ {high}" if low == high else between.format(low=low, high=high)


def say_share(part: int, whole: int) -> str:
    """`12.5 %`; never 0 % of something, and never 100 % of less than all."""
    if not whole or not part:
        return "0 %"
    share = 100 * part / whole
    if share < 0.01:
        return "< 0.01 %"
    return f"{min(share, 99.99) if part < whole else 100:.4g} %"
