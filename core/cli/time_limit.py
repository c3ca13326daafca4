"""`--time-limit`: how long a command's job may take."""

from __future__ import annotations

import argparse
import math

from core.jobs.run_one import TIME_LIMIT


def add_time_limit(command: argparse.ArgumentParser) -> None:
    """Let a command be told how long its job may take."""
    command.add_argument(
        "--time-limit",
        type=_seconds,
        default=TIME_LIMIT,
        metavar="SECONDS",
        help="end the run after so many seconds (default one day)",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 366 * TIME_LIMIT:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds, such as 600")
    return seconds
