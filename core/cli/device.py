"""`--device`: where a command's model runs. It stands above the setting, which stands above the best there is."""

from __future__ import annotations

import argparse
import os

from core.jobs.machine import DEVICE, DEVICES, is_device


def add_device(command: argparse.ArgumentParser) -> None:
    """Let a command be told where its model runs."""
    command.add_argument(
        "--device", type=_device, metavar="NAME", help=f"where the model runs: {DEVICES} (default the best there is)"
    )


def use_device(chosen: argparse.Namespace) -> None:
    """Hold to what was asked, in this process and in its jobs."""
    if getattr(chosen, "device", None) is not None:
        os.environ[DEVICE] = chosen.device


def _device(name: str) -> str:
    if not is_device(name):
        raise argparse.ArgumentTypeError(f"{name!r} is no device; give {DEVICES}")
    return name
