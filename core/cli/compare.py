"""`plumbline compare A B`: how every gap moved from one audit to another, as comparison.json."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.evidence_files import add_ledger, named_record
from core.cli.files import refuse_unwritable, write_texts
from core.cli.terminal import say


def add_compare(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("compare", help="compare two audits: what got better, worse, or cannot be told")
    for name, what in (("before", "the first"), ("after", "the second")):
        command.add_argument(
            name,
            type=Path,
            metavar="RECORD",
            help=f"{what}: a record.json, the folder that an audit wrote, or the code of its receipt",
        )
    command.add_argument(
        "--out", type=Path, default=Path("plumbline-out"), help="where the result goes (default plumbline-out)"
    )
    add_ledger(command, "the ledger in which codes are looked up")
    command.set_defaults(command=_compare)


def _compare(chosen: argparse.Namespace) -> int:
    from core.report.documents.json import as_text
    from core.report.pair.side_by_side import SideBySide

    before, after = (named_record(name, chosen.ledger) for name in (chosen.before, chosen.after))
    refuse_unwritable(chosen.out)
    compared = SideBySide.of(before, after)
    say(*compared.lines())
    write_texts({"comparison.json": as_text(compared.to_json())}, chosen.out)
    return 0
