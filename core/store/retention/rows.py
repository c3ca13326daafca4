"""Removing the uploaded rows of one audit, and whatever in its folder quotes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from core.data.images.thumbnails import FILE as THUMBNAILS
from core.data.profile import PROFILE, SECOND, TABLE, Profile
from core.jobs.replaced_json import replace_json
from core.plan.plan import Plan
from core.record.quotes import without_quotes
from core.store.audits import FACTS_FILE, RECORD_FILE
from core.store.disk.crash_points import point
from core.store.explanations import FOUND as EXPLANATION
from core.store.explanations import KeptExplanation
from core.store.fixes import KeptFixes
from core.store.page_answers import ANSWERS_FILE
from core.store.retention.kept_profile import quotes_cells, staying

# What stands in place of a message that may quote a row.
GONE = (
    "The message that stood here was deleted with the uploaded table after a day, as announced. Put the table in again."
)

NOTES_GONE = "Notes that named single cells were deleted with the uploaded table after a day, as announced."


def erase_rows(folder: Path, plan: Callable[[], Plan | None]) -> None:
    """Remove the rows in an audit's folder and what quotes them; `plan` gives that of the evidence, which stays.

    Nothing happens to what is gone already, so that this may be done again after a kill in the middle.
    """
    for name in (TABLE, f"{SECOND}{TABLE}", f"{SECOND}{PROFILE}", THUMBNAILS, ANSWERS_FILE):
        (folder / name).unlink(missing_ok=True)
        point("sweep: some rows gone")
    for part in folder.glob("*.part"):
        if part.is_file():
            part.unlink(missing_ok=True)
    KeptFixes(folder).forget_models()
    if (folder / EXPLANATION).exists():
        KeptExplanation(folder).forget_people()
    _trim_profile(folder / PROFILE, plan)
    _trim_facts(folder / FACTS_FILE)
    _trim_notes(folder / RECORD_FILE)


def _trim_profile(path: Path, question: Callable[[], Plan | None]) -> None:
    try:
        profile = Profile.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return
    except (ValueError, TypeError, KeyError, AttributeError):  # it is no profile, and may still quote a row
        path.unlink(missing_ok=True)
        return
    plan = question()
    if quotes_cells(profile, plan):
        replace_json(path, staying(profile, plan).to_json())


def _trim_facts(path: Path) -> None:
    """Let what was found of the model stay, without sentences that may quote a row."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        problem = None if facts["problem"] is None else GONE
        if (facts["problem"], facts["warnings"]) != (problem, []):
            replace_json(path, {**facts, "problem": problem, "warnings": []})
    except FileNotFoundError:
        return
    except (ValueError, TypeError, KeyError):
        path.unlink(missing_ok=True)


def _trim_notes(path: Path) -> None:
    """Let the evidence stay without the notes that quote cells which its plan does not name."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        staying_ones = without_quotes(document["warnings"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):  # no evidence, or none that a page could show
        return
    if len(staying_ones) < len(document["warnings"]):
        replace_json(path, {**document, "warnings": [*staying_ones, NOTES_GONE]})
