"""What of an explanation can be taken away: attribution.json (design.md 7), and every number as one CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.explain.explanation import Explanation
from core.explain.groups.attribution import Attribution
from core.explain.groups.heatmap import heatmap
from core.explain.sanity_checks.check import Check
from core.report.documents.spreadsheet import csv_text
from core.report.words.by_group import as_written

COLUMNS = (
    "which",
    "by",
    "group",
    "decision",
    "people",
    "feature",
    "mean_points",
    "low_points",
    "high_points",
    "share_percent",
)
_DECISIONS = {None: "all", True: "selected", False: "refused"}


def attribution_json(found: Explanation) -> dict[str, Any]:
    """The document: every single attribute and the crossing of all, by decision and over both."""
    return {
        "plumbline": 1,
        "method": found.method,
        "features": list(found.features),
        "people": {"kept": found.kept, "explained": found.before.people},
        "base": found.base[0],
        "groups": _groups(found, found.before),
        "goes_along_with": {name: list(strengths) for name, strengths in found.proxies.items()},
        "checks": _checks(found.checks),
        "warnings": list(found.warnings),
        "provenance": {
            "data_sha256": found.data_sha256,
            "model_sha256": found.model_sha256,
            "images_sha256": found.images_sha256,
            "plan_sha256": found.plan.sha256,
            "seed": found.plan.run.seed,
            "device": found.device,
            "versions": found.versions,
            "seconds": found.seconds,
        },
        **_second(found),
    }


def attribution_csv(found: Explanation) -> str:
    """A row for each group, decision and feature, header first; with two models before, then after, then the change."""
    tables = {"before": found.before}
    if found.paired is not None:
        tables |= {"after": found.paired.after, "change": found.paired.change}
    return csv_text([COLUMNS, *(row for which, table in tables.items() for row in _rows(found, table, which))])


def _second(found: Explanation) -> dict[str, Any]:
    """The second model on the same people, by the first one's decisions; nothing where one was explained alone."""
    if found.paired is None or found.plan_after is None:
        return {}
    return {
        "after": {
            "plan_sha256": found.plan_after.sha256,
            "base": found.base[1],
            "groups": _groups(found, found.paired.after),
            "change": _groups(found, found.paired.change),
            "checks": _checks(found.checks_after),
        }
    }


def _checks(checks: tuple[Check, ...]) -> dict[str, dict[str, Any]]:
    return {
        check.name: {"state": check.state, "value": check.value, "limit": check.limit, "reason": check.reason}
        for check in checks
    }


def _by(found: Explanation) -> list[tuple[str, ...]]:
    attributes = found.plan.groups.sensitive
    return [(name,) for name in attributes] + ([attributes] if len(attributes) > 1 else [])


def _groups(found: Explanation, table: Attribution) -> list[dict[str, Any]]:
    rows = []
    for by in _by(found):
        for selected in _DECISIONS:
            seen = heatmap(table, by, selected, found.plan.run.confidence)
            rows += [
                {
                    "by": list(by),
                    "group": group,
                    "selected": selected,
                    "n": int(seen.n[g]),
                    **{
                        name: [float(x) if x == x else None for x in getattr(seen, name)[g]]
                        for name in ("mean", "mean_abs", "low", "high", "share")
                    },
                }
                for g, group in enumerate(seen.groups)
            ]
    return rows


def _rows(found: Explanation, table: Attribution, which: str) -> Iterator[tuple[Any, ...]]:
    for by in _by(found):
        for selected, decision in _DECISIONS.items():
            seen = heatmap(table, by, selected, found.plan.run.confidence)
            for g, group in enumerate(seen.groups):
                for f, feature in enumerate(seen.features):
                    numbers = (seen.mean[g, f], seen.low[g, f], seen.high[g, f], seen.share[g, f])
                    cells = [f"{100 * x:.6g}" if x == x else "" for x in numbers]
                    yield (which, " × ".join(by), as_written(group), decision, int(seen.n[g]), feature, *cells)
