"""A plan file's text."""

from __future__ import annotations

from pathlib import Path

from core.errors import PlanError

MOST_PLAN_BYTES = 1 << 24


def plan_text(path: Path) -> str:
    """The text of a plan file. Raises PlanError where it cannot be read as one."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_PLAN_BYTES + 1)
        if len(content) > MOST_PLAN_BYTES:
            raise PlanError(f"{path} is too large for a plan. Give the path of a plan file.")
        return content.decode("utf-8")
    except OSError as error:
        raise PlanError(f"{path} cannot be read ({error.strerror}). Give the path of a plan file.") from None
    except UnicodeDecodeError:
        raise PlanError(f"{path} is not a text file in UTF-8. Save the plan as UTF-8.") from None
