"""The lines of a curve are named as far as their names do not lie on one another."""

import json

import pytest

from core.report.charts.over_time import HEIGHT, Curve, CurvePoint, curve_chart


def labels(low: float, high: float, limits: tuple[float, ...]) -> dict[str, float]:
    """The words beside lines, and how many pixels the middle of each lies above the line of no gap."""
    points = tuple(CurvePoint(str(at), "2026", at, at, at, "watched", "") for at in (low, high))
    drawn = json.loads(curve_chart(Curve(points, "Points", 0.0, limits)).to_json())
    texts = [layer for layer in drawn["layer"] if layer["mark"]["type"] == "text"]
    first, last = texts[0]["encoding"]["y"]["scale"]["domain"]
    found = {}
    for layer in texts:
        up = 8 if layer["mark"]["baseline"] == "bottom" else -8
        for row in drawn["datasets"][layer["data"]["name"]]:
            if layer["transform"][0]["filter"] == f"datum.stands === '{row['stands']}'":
                found[f"{row['words']} {row['at']:g}"] = HEIGHT * row["at"] / (last - first) + up
    return found


@pytest.mark.parametrize(
    ("ends", "limits", "named"),
    [
        ((-8.0, 8.0), (-5.0, 5.0), ["limit -5", "limit 5", "no gap 0"]),
        ((-60.0, 60.0), (-5.0, 5.0), ["limit -5", "limit 5"]),
        ((-60.0, -2.0), (-5.0,), ["limit -5", "no gap 0"]),
        ((2.0, 60.0), (5.0,), ["limit 5", "no gap 0"]),
    ],
)
def test_names_of_lines_do_not_lie_on_one_another(
    ends: tuple[float, float], limits: tuple[float, ...], named: list[str]
) -> None:
    found = labels(*ends, limits)
    assert sorted(found) == named
    heights = sorted(found.values())
    assert all(higher - lower >= 15 for lower, higher in zip(heights, heights[1:], strict=False))
