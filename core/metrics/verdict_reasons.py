"""Why a gap has its verdict, in the words of result.json."""

from __future__ import annotations

from core.metrics.gaps import Compared


def reason_words(
    verdict: str | None,
    why: str,
    compared: Compared,
    equality: float,
    p_adjusted: float,
    alpha: float,
    comparisons: int,
    fewest: int,
) -> str:
    """The reason of one gap's verdict.

    Parameters
    ----------
    verdict, why
        The gap's own.
    compared
        Its value, range and p-value before any correction.
    equality
        The measure's value where the rates are equal.
    p_adjusted, alpha
        The p-value after allowing for all `comparisons`, and below which one the rates differ.
    fewest
        How many people stand behind the smallest of its rates.
    """
    differs = p_adjusted < alpha
    if verdict == "gap":
        return "outside the acceptable band, and a difference that chance alone would rarely make"
    if verdict == "no_gap":
        return "the whole range is inside the acceptable band" + (
            "; the difference is small but real" if differs else ""
        )
    excludes = compared.low > equality or compared.high < equality
    words = {
        "few": f"only {fewest} {'person' if fewest == 1 else 'people'}: too few for a verdict",
        "far": "outside the acceptable band, but a difference this large can come from chance",
        "look_closer": (
            f"inside the acceptable band, but unusual if the rates were the same (p {p_words(compared.p_value)}; "
            f"{p_words(p_adjusted)} after allowing for {comparisons} comparisons): look closer"
        ),
        "wide": "the range reaches a difference that matters"
        if excludes
        else "the range includes both no difference and a difference that matters",
    }[why]
    if excludes and not differs and why != "look_closer":
        words += (
            f"; the range of this comparison alone excludes equality, but not after allowing for {comparisons}"
            " comparison(s)"
        )
    return words


def p_words(p: float | None) -> str:
    """A p-value as it is shown."""
    return "not tested" if p is None else "< 0.0001" if p < 0.0001 else f"{p:.2g}"
