"""Changes as cells of a table, in the measure's unit."""

from core.report.pair.change_rows import range_words, value_words


def test_what_rounds_to_nothing_has_no_sign() -> None:
    ratio, points = "disparate_impact", "statistical_parity_difference"
    assert value_words(-0.004, ratio) == "0.00\u00a0times" and value_words(-0.006, ratio) == "−0.01\u00a0times"
    assert value_words(-0.0004, points) == "0.0\u00a0points" and value_words(0.01, points) == "+1.0\u00a0points"
    assert range_words(-0.004, 0.2, ratio) == "0.00 to 0.20\u00a0times"
    assert range_words(-0.05, -0.0002, points) == "−5.0 to 0.0\u00a0points"
