"""The entries about this program: what leaves the machine, what is kept and how long, version and licence."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import metadata

from core.report.glossary.entry import Entry
from core.report.glossary.pictures import tables


def installation_entries() -> Iterator[Entry]:
    """What an installation does with data, and which one it is."""
    yield Entry(
        "what-leaves", "What leaves this machine",
        ("No rows, no counts, no statistics of use, and no fonts or scripts from elsewhere.",
         "An alarm over time is told to whom the plan names, where whoever runs this allows it.",
         "Other computers reach it only where it was started to be shared.",
         "Models that you put in are opened without a network and see only their own folder, where the system allows."),
        "data", tables.stays(), ("privacy", "network", "sandbox"),
    )  # fmt: skip
    yield Entry(
        "what-is-kept", "What is kept, and how long",
        ("Uploaded tables, models and images are deleted a day after their last use, with all that quotes them.",
         "Counts and verdicts stay until you delete them; they hold no rows.",
         "“Delete” in the History removes both at once."),
        "data", tables.goes(), ("privacy", "deletion", "retention"), ("record",),
    )  # fmt: skip
    about = metadata("plumbline")
    yield Entry(
        "version", "Version and licence",
        (f"This is Plumbline {about['Version']}, under the {_licence(about['License-Expression'])}.",
         "It may be used, changed and passed on, also for money.", "It comes without any warranty."),
        "data", tables.agreeing(), ("version", "license", "licence", "about"),
    )  # fmt: skip


def _licence(expression: str) -> str:
    """A licence as people write it: "Apache-2.0" is the "Apache License 2.0"."""
    name, _, number = expression.partition("-")
    return f"{name} License {number}"
