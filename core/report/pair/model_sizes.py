"""How large two models are: a smaller one against its original is a case of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_UNITS = ((1 << 20, "MB"), (1 << 10, "KB"))


@dataclass(frozen=True)
class ModelSizes:
    """The bytes of two model files; None where no model decided."""

    before: int | None
    after: int | None

    @classmethod
    def of(cls, before: Path | None, after: Path | None) -> ModelSizes:
        """Those of two files."""
        return cls(*(None if path is None else path.stat().st_size for path in (before, after)))

    @property
    def is_smaller(self) -> bool:
        """Whether the second is smaller than the first."""
        return self.before is not None and self.after is not None and self.after < self.before

    def lines(self) -> Iterator[str]:
        """The sizes in words, where the second model is the smaller one."""
        if self.is_smaller and self.before is not None and self.after is not None:
            yield f"A smaller model: {size_words(self.after)} where it was {size_words(self.before)}."

    def to_json(self) -> dict[str, Any]:
        """The sizes as comparison.json holds them; nothing where there are not two models."""
        if self.before is None or self.after is None:
            return {}
        return {"model_bytes": {"before": self.before, "after": self.after}}


def size_words(size: int) -> str:
    """A number of bytes: "1.2 MB"."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"
