"""`--data`: the table that is worked on instead of the plan's."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_data(command: argparse.ArgumentParser) -> None:
    """Let a command be told which table to work on: one path, or several by naming it again."""
    command.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        metavar="F",
        help=(
            'a table instead of the plan\'s: a file, a folder, or a pattern in quotation marks such as "loans-*.csv";'
            " several --data make one table"
        ),
    )
