"""A second table beside the first, read by the same plan and model."""

from __future__ import annotations

from core.data.profile import Profile
from core.errors import DataError

_MOST_LACKING = 8


def refuse_lacking(second: Profile, first: Profile) -> None:
    """Raise DataError where a second table lacks a column of the first."""
    lacking = [name for name in first.names if name not in second.names]
    if lacking:
        some = ", ".join(f"“{name}”" for name in lacking[:_MOST_LACKING])
        more = f" and {len(lacking) - _MOST_LACKING} more" if len(lacking) > _MOST_LACKING else ""
        raise DataError(
            f"{second.name} lacks the column{'s' if len(lacking) > 1 else ''} {some}{more} of {first.name}. Put in a"
            " table with the same columns; other columns may stand beside them."
        )
