"""Every number of an audit as one CSV file: a row for each metric of each group, then for each gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from core.metrics.verdicts import Gap, GroupResult, Judgement
from core.report.documents.json import gap_document
from core.report.documents.spreadsheet import csv_text
from core.report.words.by_group import as_written

COLUMNS = (
    "kind",
    "by",
    "group",
    "reference",
    "measure",
    "value",
    "low",
    "high",
    "binning_error",
    "numerator",
    "denominator",
    "people",
    "people_with_known_outcome",
    "p_value",
    "p_adjusted",
    "comparisons",
    "limit_low",
    "limit_high",
    "limit_source",
    "differs",
    "breaks_limit",
    "verdict",
    "reason",
)
# Of people who weigh differently or repeat: how large a plain sample as sure as they would be.
SAMPLED = "effective_n"


def numbers_csv(judgement: Judgement) -> str:
    """The CSV text, header first; what cannot be computed is an empty cell, with its reason in the last column."""
    rows = [*_group_rows(judgement), *_population_rows(judgement), *map(_gap_row, judgement.gaps)]
    is_sampled = any(row.get(SAMPLED) is not None for row in rows)
    columns = (*COLUMNS[:-1], SAMPLED, COLUMNS[-1]) if is_sampled else COLUMNS
    return csv_text([columns, *([row.get(column) for column in columns] for row in rows)])


def _group_rows(judgement: Judgement) -> Iterator[dict[str, Any]]:
    for group in judgement.groups:
        for name, estimate in group.metrics.items():
            people = {"people": group.n, "people_with_known_outcome": group.labelled}
            yield {**_whom("metric", group), "measure": name, **asdict(estimate), **people}


def _population_rows(judgement: Judgement) -> Iterator[dict[str, Any]]:
    if judgement.theil_index is not None:
        yield {"kind": "population", "measure": "theil_index", **asdict(judgement.theil_index)}


def _gap_row(gap: Gap) -> dict[str, Any]:
    written = gap_document(gap)
    low, high = written["limit"]
    limits = {"limit_low": low, "limit_high": high}
    return {**written, **limits, **_whom("gap", gap), "reference": as_written(gap.reference)}


def _whom(kind: str, row: GroupResult | Gap) -> dict[str, str]:
    return {"kind": kind, "by": ", ".join(row.by), "group": as_written(row.group)}
