"""`--data`: the table that is worked on instead of the plan's."""

from __future__ import annotations

import argparse

from core.engine.plan_files import Place, place
from core.errors import DataError


def add_data(command: argparse.ArgumentParser) -> None:
    """Let a command be told which table to work on: one path, or several by naming it again."""
    command.add_argument(
        "--data",
        type=_place,
        action="append",
        default=[],
        metavar="F",
        help=(
            'a table instead of the plan\'s: a file, a folder, or a pattern in quotation marks such as "loans-*.csv",'
            " here or at s3://, gs://, abfs:// or hdfs://; several --data make one table"
        ),
    )


def _place(text: str) -> Place:
    try:
        return place(text)
    except DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
