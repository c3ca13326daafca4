"""The rows that a picture is drawn from."""

from __future__ import annotations

from typing import Any

import altair as alt


class SharedRows(alt.InlineData):
    """Rows that all copies of a chart share: putting layers together, Altair copies each with its rows four times."""

    def __deepcopy__(self, memo: Any) -> SharedRows:
        return self
