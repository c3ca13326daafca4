"""Answers that were given on a page and stand in no plan yet, kept so that a refresh loses none of them.

They may quote a table's cells, so they go when its rows go. They are those of one version of the app: what a widget of
another one cannot hold would keep its page from being drawn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from core.data.profile import TABLE
from core.jobs.replaced_json import replace_json
from core.store.audits import Audits

ANSWERS_FILE = "answers.json"


class PageAnswers:
    """What is answered on the pages of each audit, by the name of the question. Any thread may call it."""

    def __init__(self, audits: Audits) -> None:
        """Of these audits."""
        self._audits = audits

    def of(self, audit_id: str) -> dict[str, Any]:
        """The answers as they were kept last; none where they are of another version, or damaged."""
        try:
            document = json.loads((self._audits.folder(audit_id) / ANSWERS_FILE).read_text(encoding="utf-8"))
            return dict(document["answers"]) if document["version"] == _version() else {}
        except (OSError, ValueError, TypeError, KeyError):
            return {}

    def keep(self, audit_id: str, answers: Mapping[str, Any]) -> None:
        """Keep those that are plain values, in place of those before; nothing once the audit's rows are gone."""
        folder = self._audits.folder(audit_id)
        plain = {name: value for name, value in answers.items() if _is_plain(value)}
        if (folder / TABLE).is_file() and plain != self.of(audit_id):
            replace_json(folder / ANSWERS_FILE, {"version": _version(), "answers": plain}, synced=False)


def _is_plain(value: object) -> bool:
    """Whether JSON gives the same value back."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


@cache
def _version() -> str:
    return version("plumbline")
