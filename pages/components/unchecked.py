"""Charts for `st.altair_chart`, which would have each drawing checked against the schema of Vega-Lite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from core.report.charts import Picture


def unchecked(chart: Picture) -> Picture:
    """The chart as it is: that it fits the schema is for the tests to find out, and took most of its drawing."""
    from altair.utils import schemapi

    schemapi.disable_debug_mode()  # which would have each of its parts checked as soon as it is made
    return cast("Picture", _Unchecked(chart))


class _Unchecked:
    """As much of a chart as Streamlit asks for."""

    def __init__(self, chart: Any) -> None:
        self._chart = chart

    def to_dict(self) -> dict[str, Any]:
        """The chart as Vega-Lite reads it."""
        return dict(self._chart.to_dict(validate=False))
