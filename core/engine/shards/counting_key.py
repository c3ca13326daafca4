"""What a part was counted for: whatever decides its counts. By it parts of one audit are known, and no others taken."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from core.plan.plan import Plan


@dataclass(frozen=True)
class CountingKey:
    """The question, the files and the program of an audit, by their digests, and how many rows a part has."""

    plan: str
    table: str
    model: str | None
    images: str | None
    version: str
    each: int

    @classmethod
    def of(cls, plan: Plan, table: str, model: str | None, images: str | None, version: str, each: int) -> CountingKey:
        """For a plan with its files' SHA-256, and the version of Plumbline that counts."""
        return cls(hashlib.sha256(plan.to_toml().encode()).hexdigest(), table, model, images, version, each)

    @property
    def digest(self) -> str:
        """One name for all of it, in hexadecimal digits."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
