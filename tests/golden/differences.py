"""What differs between two takes, by unit, file and JSON path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isclose
from pathlib import Path
from typing import Any

from tests.golden.kept import load, path_of, taken


def differences(old: Any, new: Any, at: str = "", loose: bool = False) -> Iterator[str]:
    """Where two JSON values differ, as "path: old -> new"; `loose` forgives numbers their eighth digit."""
    loose = loose or at.endswith("attribution.json")
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key in old and key in new:
                yield from differences(old[key], new[key], f"{at}.{key}", loose)
            else:
                yield f"{at}.{key}: {'no longer there' if key in old else 'new'}: {_short(old.get(key, new.get(key)))}"
    elif isinstance(old, list) and isinstance(new, list):
        for place, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from differences(one, other, f"{at}[{place}]", loose)
        if len(old) != len(new):
            yield f"{at}: {len(old)} items -> {len(new)}"
    elif not _equal(old, new, loose):
        yield f"{at}: {_short(old)} -> {_short(new)}"


def _equal(old: Any, new: Any, loose: bool) -> bool:
    if loose and type(old) is type(new) is float:
        return isclose(old, new, rel_tol=1e-7, abs_tol=1e-9)
    return type(old) is type(new) and bool(old == new)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else text[:160] + "..."


def compare(old: Path, new: Path, only: list[str], most: int = 12) -> int:
    """Print what differs; at most so many lines a unit. Returns how many units differ or are missing."""
    bad, both = 0, [name for name in sorted({*taken(old), *taken(new)}) if wanted(name, only)]
    for name in both:
        if not (path_of(old, name).exists() and path_of(new, name).exists()):
            print(f"{name}: only in {old if path_of(old, name).exists() else new}")
            bad += 1
            continue
        found = list(differences(load(old, name), load(new, name)))
        bad += bool(found)
        for line in found[:most]:
            print(f"{name}{line}")
        if len(found) > most:
            print(f"{name}: {len(found) - most} more")
    print(f"{len(both)} units, {bad} differ")
    return bad


def wanted(name: str, only: list[str]) -> bool:
    """Whether a unit is one of those, or begins like one; every one is where none is named."""
    return not only or any(name == each or name.startswith(f"{each}/") for each in only)
