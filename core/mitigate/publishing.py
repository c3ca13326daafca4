"""What a search for fixes has found so far, in files of its job, each whole: a page shows them while the job works on.

out/mitigation.1.json, .2.json ...   after each step of the search, one more, and never written again
out/mitigation.json                  the last one: the search has come to its end
out/*.npy                            the tables of counts that they speak of, each there before the first that does
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from core.mitigate.candidate import FIT, REPORT, Decided, Mitigated, Proposed
from core.record.written_counts import axis_to_json, groups_to_json

FACTS_FILE, PART_FILE = "mitigation.json", "mitigation.{}.json"
# Each is read once by every page that is open, so a job cannot keep those busy with ever new ones.
MOST_PARTS = 100


class Publisher:
    """Writes what a search has found into a job's folder, in the files that `core.mitigate.results.read` reads.

    Models stand there already.
    """

    def __init__(self, out: Path) -> None:
        """Into the folder `out`, where nothing was published yet."""
        self._out = out
        self._parts = 0
        self._written: set[str] = set()

    def part(self, found: Mitigated) -> None:
        """Write what was found by now; nothing happens once there are MOST_PARTS."""
        if self._parts < MOST_PARTS:
            self._parts += 1
            self._write(found, PART_FILE.format(self._parts))

    def whole(self, found: Mitigated) -> None:
        """Write what was found in the end."""
        self._write(found, FACTS_FILE)

    def _write(self, found: Mitigated, name: str) -> None:
        self._write_counts("present", found.present)
        for proposal in found.proposals:
            self._write_counts(proposal.id, proposal.decided)
            for what, tables in (("joint", proposal.joint), ("retrained", proposal.retrained)):
                for part, both in tables.items():
                    self._save(f"{proposal.id}_{part}_{what}.npy", both.n)
        begun = self._out / f"{name}.part"
        begun.write_text(json.dumps(_facts(found), ensure_ascii=False), encoding="utf-8")
        os.replace(begun, self._out / name)

    def _write_counts(self, name: str, decided: Decided) -> None:
        for part, counts in decided.counts.items():
            self._save(f"{name}_{part}_n.npy", counts.n)
            self._save(f"{name}_{part}_sums.npy", counts.sums)

    def _save(self, name: str, table: np.ndarray[Any, Any]) -> None:
        """Write a table once: it does not change any more, and somebody may be reading it."""
        if name not in self._written:
            self._written.add(name)
            np.save(self._out / name, table)


def newest(out: Path) -> str | None:
    """The name of the newest file that a search published in `out`; None where there is none."""
    if os.path.lexists(out / FACTS_FILE):
        return FACTS_FILE
    found = None
    for number in range(1, MOST_PARTS + 1):
        name = PART_FILE.format(number)
        if not os.path.lexists(out / name):
            break
        found = name
    return found


def _facts(found: Mitigated) -> dict[str, Any]:
    count = len(found.tables)
    return {
        "tables": [
            {"read": table.rows, "dropped": list(table.dropped), "groups": groups_to_json(table.groups)}
            for table in found.tables
        ],
        "present": _decided_facts(found.present, count),
        "proposals": [_proposed_facts(proposal, count) for proposal in found.proposals],
        "refused": {name: {"message": e.message, "in_plan": e.in_plan} for name, e in found.refused.items()},
        "leaks": [note.to_json() for note in found.leaks],
        "warnings": [note.to_json() for note in found.warnings],
        "versions": found.versions,
        "seconds": found.seconds,
        **({"left": list(found.left)} if found.left else {}),
    }


def _proposed_facts(proposal: Proposed, tables: int) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "mechanism": proposal.mechanism,
        "file": None if proposal.file is None else proposal.file.name,
        "rule": None if proposal.rule is None else proposal.rule.to_json(),
        "strength": proposal.strength,
        "baseline": proposal.baseline,
        "is_stand_in": proposal.is_stand_in,
        "notes": list(proposal.notes),
        "facts": proposal.facts,
        "rests_on": list(proposal.rests_on),
        **_decided_facts(proposal.decided, tables),
    }


def _decided_facts(decided: Decided, tables: int) -> dict[str, Any]:
    """What is said of decisions beside their counts; a second table has an axis of its own."""
    return {
        "axes": [axis_to_json(decided.counts[part].axis) for part in (FIT, REPORT)[:tables]],
        "near_threshold": decided.near_threshold,
        "device": decided.device,
        "batch_size": decided.batch_size,
        "warnings": [note.to_json() for note in decided.warnings],
    }
