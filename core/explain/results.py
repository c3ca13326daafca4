"""An explanation in the files of its job: written in the job, read outside of it, every table checked."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.counts.counts import Floats, Groups
from core.data.images.thumbnails import are_thumbnails
from core.explain.explanation import MOST_CHANGED, Changed, Explanation
from core.explain.groups.attribution import DECISIONS, SUMS, TOTAL, TOTAL_ABS, TOTAL_SQUARES, Attribution
from core.explain.groups.exact_sums import PARTS, whole
from core.explain.groups.exemplars import FILE as TELLING_FILE
from core.explain.groups.exemplars import MOST as MOST_TELLING
from core.explain.groups.exemplars import PIXELS_FILE, Telling
from core.explain.groups.paired import PRODUCTS, Paired
from core.explain.methods import EXPLAINERS
from core.explain.sanity_checks.check import NAMES, Check
from core.explain.share import EVERYBODY, ExplainedShare
from core.jobs.untrusted import (
    ARRAY_CAP,
    FACTS_CAP,
    believing_nothing,
    checked_array,
    checked_json,
    checked_texts,
    one_line,
)
from core.plan.plan import Plan
from core.record import Digests
from core.record.written_counts import groups_from_json, groups_to_json

FACTS_FILE, CHANGED_FILE = "explanation.json", "changed.json"
MOST_FEATURES = 20_000
# What is kept of somebody whose image tells much, beside the image.
_OF_AN_IMAGE = ("row", "group", "score", "selected", "values")
# Sums of the same numbers in another order differ by rounding.
ROUNDING = 1e-6
LARGEST = 1e300


def write(found: Explanation, out: Path) -> None:
    """Write an explanation into a job's folder, in the files that `read` reads."""
    groups = found.before.groups
    tables = {"before": found.before, "after": found.after}
    if found.paired is not None:
        tables |= {f"paired_{name}": getattr(found.paired, name) for name in ("before", "after", "change")}
        _save(out, "paired_products", found.paired.products, found.paired.parts)
        _write_json([_with_cell(asdict(one), groups) for one in found.changed], out / CHANGED_FILE)
    for name, table in tables.items():
        if table is not None:
            np.save(out / f"{name}_n.npy", table.n)
            _save(out, f"{name}_sums", table.sums, table.parts)
    if found.telling:
        np.save(out / PIXELS_FILE, np.stack([one.image for one in found.telling]))
        people = [{field: getattr(one, field) for field in _OF_AN_IMAGE} for one in found.telling]
        _write_json([_with_cell(one, groups) for one in people], out / TELLING_FILE)
    facts = {
        "method": found.method,
        "features": list(found.features),
        "groups": groups_to_json(groups),
        "kept": found.kept,
        "device": found.device,
        "at_once": list(found.at_once),
        "proxies": found.proxies,
        "base": list(found.base),
        "checks": [[asdict(check) for check in side] for side in (found.checks, found.checks_after) if side],
        "warnings": list(found.warnings),
        "versions": found.versions,
        "seconds": found.seconds,
    }
    _write_json(facts, out / FACTS_FILE)


def _save(out: Path, name: str, sums: Floats, parts: Floats | None) -> None:
    """Sums in a file; of a job that has a share of the people their parts, each in a file that may be as large."""
    for part, values in enumerate([sums] if parts is None else parts):
        np.save(out / f"{name}{'' if parts is None else part}.npy", values)


def _with_cell(person: dict[str, Any], groups: Groups) -> dict[str, Any]:
    """A person with the number of their cell in place of its values."""
    group = dict(person.pop("group"))
    cell = next(g for g in range(len(groups)) if groups.names(g) == group)
    return {"row": person.pop("row"), "cell": cell, **person}


def _write_json(document: object, path: Path) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def read(
    out: Path, plan: Plan, plan_after: Plan | None, rows: int, digests: Digests, share: ExplainedShare = EVERYBODY
) -> Explanation:
    """An explanation from what its job wrote, none of which is believed. Raises JobError.

    Parameters
    ----------
    out
        The job's output folder.
    plan, plan_after, digests
        The questions and the digests of what was put in, as the supervisor knows them.
    rows
        Rows of the table.
    share
        Which of the people the job had to explain: its sums have their parts then, and its people may be none.
    """
    with believing_nothing():
        facts = checked_json(out / FACTS_FILE, FACTS_CAP)
        method, kept = str(facts["method"]), int(facts["kept"])
        if method not in EXPLAINERS or not 0 < kept <= rows:
            raise ValueError("it was not made by a known method, or of other people")
        groups, features = groups_from_json(facts["groups"]), checked_features(facts["features"])
        if groups.attributes != plan.groups.sensitive:
            raise ValueError("its groups are not the plan's")
        reader = _ExplanationReader(out, groups, features, kept, not share.is_everybody)
        before = reader.attribution("before")
        after = None if plan_after is None else reader.attribution("after")
        if (before.people == 0 and share.is_everybody) or (after is not None and after.people != before.people):
            raise ValueError("it explains nobody, or other people after")
        paired = None if after is None else reader.paired(before, after)
        changed = () if after is None else _changed(out, groups, rows)
        checks, checks_after = ((), ()) if share.place else _checks(facts["checks"], plan_after)
        return Explanation(
            plan=plan,
            plan_after=plan_after,
            method=method,
            before=before,
            after=after,
            paired=paired,
            changed=changed,
            kept=kept,
            base=_base(facts["base"], plan_after),
            proxies=_proxies(facts["proxies"], plan, features),
            checks=checks,
            checks_after=checks_after,
            device="cuda" if facts["device"] == "cuda" else "cpu",
            warnings=checked_texts(facts["warnings"]),
            data_sha256=digests.table,
            model_sha256=digests.model,
            versions={str(k)[:100]: str(v)[:100] for k, v in dict(facts["versions"]).items()},
            seconds={str(k)[:100]: float(v) for k, v in dict(facts["seconds"]).items()},
            telling=_telling(out, groups, features, rows),
            images_sha256=digests.images,
            at_once=tuple(map(int, facts.get("at_once", ())))[:2],
        )


def checked_features(document: Any) -> tuple[str, ...]:
    """Names of features, each once. Raises ValueError."""
    features = tuple(str(name) for name in document)
    if not 0 < len(features) <= MOST_FEATURES or len(set(features)) < len(features):
        raise ValueError("it names no features, one twice, or too many")
    if max(map(len, features)) > 1000:
        raise ValueError("a feature's name is too long")
    return features


def checked_check(entry: dict[str, Any]) -> Check:
    """A check as the job reports it. Raises ValueError where it says it passed without a number."""
    name, state = str(entry["name"]), entry["state"]
    value, limit = (None if entry[key] is None else float(entry[key]) for key in ("value", "limit"))
    if name not in NAMES or state not in ("passed", "failed", "not_checkable"):
        raise ValueError("it made an unknown check")
    if state != "not_checkable" and (value is None or limit is None):
        raise ValueError("a check has a verdict and no number")
    return Check(name, state, one_line(entry["reason"]), value, limit)


@dataclass(frozen=True, eq=False)
class _ExplanationReader:
    """Reads the tables of one job."""

    out: Path
    groups: Groups
    features: tuple[str, ...]
    kept: int
    in_parts: bool

    def attribution(self, name: str) -> Attribution:
        """A table of sums that can be sums of as many numbers as it counts people. Raises ValueError."""
        n = checked_array(self.out / f"{name}_n.npy", ARRAY_CAP)
        sums, parts = self._sums(f"{name}_sums")
        if n.shape != (len(self.groups), DECISIONS) or n.dtype != np.int64 or n.min() < 0 or n.sum() > self.kept:
            raise ValueError("its people are not people")
        if sums.shape != (SUMS, *n.shape, len(self.features)) or sums.dtype != np.float64:
            raise ValueError("its sums have the wrong shape")
        if not np.isfinite(sums).all() or sums[TOTAL_ABS:].min(initial=0) < 0:
            raise ValueError("its sums are not finite, or below 0")
        total, total_abs, squares = sums[TOTAL], sums[TOTAL_ABS], sums[TOTAL_SQUARES]
        slack = 1 + ROUNDING
        if (np.abs(total) > total_abs * slack + ROUNDING).any():
            raise ValueError("its sums do not fit each other")
        # Cauchy and Schwarz: the square of a sum of n numbers is at most n times the sum of their squares.
        if (total_abs**2 > n[..., None] * squares * slack + ROUNDING).any():
            raise ValueError("its sums do not fit its people")
        return Attribution(self.groups, self.features, n, sums, parts)

    def _sums(self, name: str) -> tuple[Floats, Floats | None]:
        """Sums, and where the job has a share of the people their parts. Raises ValueError."""
        if not self.in_parts:
            return checked_array(self.out / f"{name}.npy", ARRAY_CAP), None
        parts = [checked_array(self.out / f"{name}{part}.npy", ARRAY_CAP) for part in range(PARTS)]
        if any(part.dtype != np.float64 or not (np.abs(part) < LARGEST).all() for part in parts):
            raise ValueError("its sums are not finite, or would not be with those of others")
        return whole(np.stack(parts)), np.stack(parts)

    def paired(self, before: Attribution, after: Attribution) -> Paired:
        """The same people twice. Raises ValueError where they are not those of the two tables."""
        first, second, change = (self.attribution(f"paired_{name}") for name in ("before", "after", "change"))
        products, parts = self._sums("paired_products")
        if any((each.n != before.n).any() for each in (first, second, change)):
            raise ValueError("its pairs are other people")
        if products.shape != (PRODUCTS, *first.sums.shape[1:]) or products.dtype != np.float64:
            raise ValueError("its products have the wrong shape")
        same = (
            (first.sums, before.sums),
            (second.sums.sum(axis=2), after.sums.sum(axis=2)),
            (change.sums[TOTAL], second.sums[TOTAL] - first.sums[TOTAL]),
            (
                change.sums[TOTAL_SQUARES],
                first.sums[TOTAL_SQUARES] + second.sums[TOTAL_SQUARES] - 2 * products[0],
            ),
        )
        if not all(np.allclose(one, other, rtol=ROUNDING, atol=ROUNDING) for one, other in same):
            raise ValueError("its pairs do not add up to before and after")
        bound = first.sums[TOTAL_SQUARES] * second.sums[TOTAL_SQUARES] * (1 + ROUNDING) + ROUNDING
        if not np.isfinite(products).all() or (products**2 > bound).any():
            raise ValueError("its products are no products")
        return Paired(first, second, change, products, parts)


def _checks(document: Any, plan_after: Plan | None) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """Each model's checks: every one there is, once."""
    sides = tuple(tuple(checked_check(entry) for entry in side) for side in document)
    if len(sides) != (1 if plan_after is None else 2):
        raise ValueError("it checked another number of models")
    if any(tuple(check.name for check in side) != NAMES for side in sides):
        raise ValueError("it left a check out, or made one twice")
    return sides[0], sides[1] if len(sides) > 1 else ()


def _base(document: Any, plan_after: Plan | None) -> tuple[float, ...]:
    base = tuple(float(score) for score in document)
    if len(base) != (1 if plan_after is None else 2) or not all(0 <= score <= 1 for score in base):
        raise ValueError("its base is no score")
    return base


def _proxies(document: Any, plan: Plan, features: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    found = {str(name): tuple(float(strength) for strength in row) for name, row in dict(document).items()}
    if tuple(found) != plan.groups.sensitive:
        raise ValueError("it tells of other columns than the sensitive ones")
    if any(len(row) != len(features) or not all(0 <= s <= 1 for s in row) for row in found.values()):
        raise ValueError("how columns go along with groups is not from 0 to 1")
    return found


def _changed(out: Path, groups: Groups, rows: int) -> tuple[Changed, ...]:
    listed = list(checked_json(out / CHANGED_FILE, FACTS_CAP))
    if len(listed) > MOST_CHANGED or len({int(entry["row"]) for entry in listed}) < len(listed):
        raise ValueError("it lists somebody twice, or too many people")
    return tuple(_person(entry, groups, rows) for entry in listed)


def _telling(out: Path, groups: Groups, features: tuple[str, ...], rows: int) -> tuple[Telling, ...]:
    """The single images, pixels that a page may show; none where the job wrote none, or they were deleted since."""
    if not (out / TELLING_FILE).exists():
        return ()
    listed, pixels = list(checked_json(out / TELLING_FILE, FACTS_CAP)), checked_array(out / PIXELS_FILE, ARRAY_CAP)
    if not are_thumbnails(pixels, MOST_TELLING) or len(listed) != len(pixels):
        raise ValueError("its images are none")
    found = []
    for entry, image in zip(listed, pixels, strict=True):
        row, cell, score = int(entry["row"]), int(entry["cell"]), float(entry["score"])
        values = tuple(float(value) for value in entry["values"])
        if not 0 <= row < rows or not 0 <= cell < len(groups) or not 0 <= score <= 1 or len(values) != len(features):
            raise ValueError("an image is of nobody in the table")
        found.append(Telling(row, groups.names(cell), score, entry["selected"] is True, values, image))
    return tuple(found)


def _person(entry: dict[str, Any], groups: Groups, rows: int) -> Changed:
    row, cell = int(entry["row"]), int(entry["cell"])
    before, after = float(entry["score_before"]), float(entry["score_after"])
    if not 0 <= row < rows or not 0 <= cell < len(groups) or not all(0 <= s <= 1 for s in (before, after)):
        raise ValueError("it lists people who are not in the table")
    return Changed(row, groups.names(cell), before, after, entry["selected_after"] is True)
