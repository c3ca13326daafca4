"""Where a score column is cut into bins: found once for all parts, each of which would read the whole column for it."""

from __future__ import annotations

import json

from core.plan.plan import Plan

EDGES = "edges.json"


def are_wanted(plan: Plan) -> bool:
    """Whether a plan leaves it to the table where its scores are cut."""
    return plan.decision.score is not None and not plan.decision.edges


def as_bytes(edges: tuple[float, ...]) -> bytes:
    """Edges as they are kept: a JSON list, in which no bit of a number is lost."""
    return json.dumps(edges).encode()


def with_found_edges(plan: Plan, written: bytes | None) -> Plan:
    """The plan with edges that were kept; as it is where none had to be found."""
    return plan if written is None else plan.with_edges(tuple(map(float, json.loads(written))))
