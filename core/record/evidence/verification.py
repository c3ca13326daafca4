"""What a receipt proves of some files, checked step by step; each step that does not hold is named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Literal

from core.errors import DataError
from core.record.evidence import checkpoint
from core.record.evidence.keys import PublicKey
from core.record.evidence.receipt import Receipt, is_sealed
from core.record.evidence.time_token import attested
from core.record.evidence.tree import verify_inclusion

Strength = Literal["changed", "unchanged", "signed", "dated"]


@dataclass(frozen=True)
class Checked:
    """One step: whether it holds, and the sentence that says so."""

    holds: bool
    words: str


@dataclass(frozen=True)
class Verified:
    """What was checked, how strong it is, and the moment that an authority attests (UTC), where one does.

    `strength`: "changed" where something does not hold; "unchanged" by the receipt alone; "signed" by a key that the
    reader knows to be the installation's; "dated" where a time authority also attests when it existed. Without a known
    key it is not "dated": whoever made up the receipt could have made up the authority too.
    """

    strength: Strength
    steps: tuple[Checked, ...]
    moment: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether every step does."""
        return all(step.holds for step in self.steps)


def verified(receipt: Receipt, files: Iterable[tuple[str, bytes]] = (), known: PublicKey | None = None) -> Verified:
    """Check a receipt by itself, and files against it, each a name or path and a content; several may share a name.

    `known` is a key had from elsewhere.
    """
    seen = _seal(receipt, known) + _log(receipt) + [_file(receipt, name, content) for name, content in files]
    dated, moment = _time(receipt)
    steps = tuple(seen + dated)
    if not all(step.holds for step in steps):
        return Verified("changed", steps)
    if known is None:
        return Verified("unchanged", steps, moment)
    return Verified("signed" if moment is None else "dated", steps, moment)


def _seal(receipt: Receipt, known: PublicKey | None) -> list[Checked]:
    holds = is_sealed(receipt.envelope, receipt.key)
    words = "The statement is as it was signed." if holds else "The statement was changed after it was signed."
    steps = [Checked(holds, words)]
    if known is not None and known != receipt.key:
        steps.append(Checked(False, "The receipt was signed by another key than the one you know."))
    elif known is not None and holds:
        steps.append(Checked(True, "It was signed by the key you know."))
    return steps


def _log(receipt: Receipt) -> list[Checked]:
    """The way from the statement to the signed head of the ledger."""
    entry = receipt.entry
    try:
        stated = receipt.predicate["entry"]
        head, _ = checkpoint.opened(receipt.checkpoint, [receipt.key, *(each.public for each in receipt.keys)])
        is_stated = (stated["index"], stated["leaf"], stated["ledger"]) == (entry.index, entry.leaf.hex(), head.origin)
        is_stated &= receipt.predicate["keys"] == [[each.public.hex, each.since] for each in receipt.keys]
    except DataError as problem:
        return [Checked(False, str(problem))]
    except (KeyError, TypeError, ValueError):
        return [Checked(False, "The statement does not say which entry of a ledger it is about.")]
    if not is_stated:
        return [
            Checked(False, "The statement is about another entry of a ledger, or other keys, than stand beside it.")
        ]
    if not verify_inclusion(entry.index, head.size, entry.leaf, entry.proof, head.root):
        return [Checked(False, f"Entry {entry.index} is not in the ledger that the checkpoint is of.")]
    return [Checked(True, f"Entry {entry.index} is in the ledger {head.origin}, which had {head.size} entries.")]


def _file(receipt: Receipt, shown: str, content: bytes) -> Checked:
    try:
        subjects = receipt.subjects
    except DataError as problem:
        return Checked(False, str(problem))
    name, digest = PurePath(shown).name, hashlib.sha256(content).hexdigest()
    since = f"unchanged since {receipt.predicate.get('when', 'the receipt was made')}"
    if name in subjects and subjects[name] != digest:
        return Checked(False, f"{shown} was changed since the receipt was made.")
    whose = name if name in subjects else next((each for each, known in subjects.items() if known == digest), None)
    if whose is not None:
        return Checked(True, f"{shown} is {since}." if whose == name else f"{shown} is {whose}, {since}.")
    return Checked(False, f"{shown} is not among the files that the receipt is about: {', '.join(subjects)}.")


def _time(receipt: Receipt) -> tuple[list[Checked], datetime | None]:
    if receipt.time is None:
        return [], None
    try:
        moment, authority = attested(receipt.time, receipt.checkpoint)
    except DataError as problem:
        return [Checked(False, str(problem))], None
    return [Checked(True, f"It existed on {moment:%-d %B %Y, %H:%M} UTC, says {authority}.")], moment
