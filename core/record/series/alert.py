"""What is told of an alarm: a sentence, the gap, the month, its numbers. Never a row."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_LONGEST_LINE, _LONGEST_TEXT = 120, 2_000
# What chat programs obey in a text: mentions, links, markup. Names of groups and files come from strangers.
_OBEYED = str.maketrans("<>@`*[]|#&~", "\u2039\u203a\uff20\u02bc\u2217\uff3b\uff3d\u00a6\uff03+\u2212")


@dataclass(frozen=True)
class Alert:
    """One alarm of one watched gap.

    Attributes
    ----------
    series, name
        The digest of the question that is asked again and again, and what the audit is called.
    period
        The month, day or file at which the gap left its band, such as "2026-03".
    gap
        Which gap: its measure, columns and values, as the series names it.
    sentence
        What happened, in words.
    numbers
        Those that stand in the series' own file, such as the value and its band; None where one is not shown.
    audit
        The digest of the table, with the month behind it that was cut out: what the alarm is about, whatever it is
        called.
    record
        The digest of the audit's record; "" where small numbers are hidden, as they might follow from it.
    """

    series: str
    name: str
    period: str
    gap: Mapping[str, Any]
    sentence: str
    numbers: Mapping[str, float | None]
    audit: str
    record: str = ""

    @property
    def key(self) -> str:
        """What makes it this alarm and no other: hexadecimal, equal however often the series is looked at."""
        about = [self.series, self.audit, dict(self.gap)]
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()

    def message(self) -> dict[str, Any]:
        """The body of a webhook; `text` is what chat programs show, with nothing in it that they obey."""
        text = one_line(f"{self.sentence} ({self.name}, {self.period})", _LONGEST_TEXT)
        return {
            "plumbline": 1,
            "kind": "gap_alarm",
            "id": self.key,
            "text": text.translate(_OBEYED).replace("://", ": //"),
            "sentence": self.sentence,
            "name": self.name,
            "period": self.period,
            "gap": dict(self.gap),
            "numbers": {name: n if n is not None and math.isfinite(n) else None for name, n in self.numbers.items()},
            "series_sha256": self.series,
            "record_sha256": self.record or None,
        }

    def to_json(self) -> dict[str, Any]:
        """The alert as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Alert:
        """The alert from `to_json`'s values. Raises TypeError, KeyError or ValueError where they are not that."""
        series, name, period = (str(document[key]) for key in ("series", "name", "period"))
        numbers = {str(key): None if n is None else float(n) for key, n in document["numbers"].items()}
        said, audit, record = (str(document[key]) for key in ("sentence", "audit", "record"))
        return cls(series, name, period, dict(document["gap"]), said, numbers, audit, record)


def one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """The text in one line of letters that no header, log or chat obeys, at most so long."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}\u2026"
