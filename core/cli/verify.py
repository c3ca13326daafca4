"""`plumbline verify FILE...`: whether reports, records and receipts are what they were, and by whose word."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.evidence_files import add_ledger, opened_ledger, read_bytes
from core.cli.prints import carried, is_print
from core.cli.terminal import say
from core.errors import DataError

if TYPE_CHECKING:
    from core.record.evidence.keys import PublicKey
    from core.record.evidence.receipt import Receipt
    from core.store.ledger.ledger import Ledger


def add_verify(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("verify", help="check that reports, records and receipts were not changed")
    command.add_argument("files", type=Path, nargs="*", metavar="FILE", help="receipts, and files that they are about")
    command.add_argument("--key", metavar="PUBLIC", help="the public key of who made them: a PEM file, or 64 digits")
    add_ledger(command, "the ledger to check against; without FILE the whole of it is checked")
    command.set_defaults(command=_verify)


def _verify(chosen: argparse.Namespace) -> int:
    known = None if chosen.key is None else _public(chosen.key)
    if not chosen.files:
        with opened_ledger(chosen.ledger) as ledger:
            return _whole(ledger)
    contents = _opened(chosen.files)
    receipts = {path: found for path, content in contents.items() if (found := _receipt(content)) is not None}
    files = {path: content for path, content in contents.items() if path not in receipts}
    if not receipts:
        receipts = _beside(list(files))
    for path, content in files.items() if chosen.ledger is None else ():
        _refuse_print(path, content, receipts)
    if not receipts and chosen.ledger is None:
        raise DataError(f"There is no receipt for {next(iter(files))}. Name its receipt.json too, or give --ledger.")
    if not receipts:
        with opened_ledger(chosen.ledger) as ledger:
            return _by_ledger(ledger, files)
    return _by_receipts(receipts, files, known, chosen.ledger)


def _opened(files: list[Path]) -> dict[Path, bytes]:
    """The files' contents; in place of a print that carries its receipt, what it carries."""
    contents = dict[Path, bytes]()
    for path in files:
        content = read_bytes(path)
        held = carried(path) if is_print(content) else {}
        if held:
            say(f"{path}: its pages are a print. Checked is what it carries: {', '.join(each.name for each in held)}.")
        contents |= held or {path: content}
    return contents


def _refuse_print(path: Path, content: bytes, receipts: dict[Path, Receipt]) -> None:
    """Raise DataError for a PDF that no receipt is about: prints differ byte by byte, receipts are about pages."""
    digest = hashlib.sha256(content).hexdigest()
    if is_print(content) and not any(digest in found.subjects.values() for found in receipts.values()):
        raise DataError(
            f"{path.name} is a print that carries no receipt. Ask for the web page and its receipt.json, and check"
            " those."
        )


def _by_receipts(
    receipts: dict[Path, Receipt], files: dict[Path, bytes], known: PublicKey | None, stated: str | None
) -> int:
    """Check each receipt with the files that it is about; one that none is about fails with the first receipt."""
    from core.record.evidence.verification import verified
    from core.record.evidence.words import badge_words

    whose = {path: _whose(path, content, receipts) for path, content in files.items()}
    failed = False
    for at, found in receipts.items():
        own = [(_shown(path, files), content) for path, content in files.items() if whose[path] == at]
        seen = verified(found, own, known or _own(found))
        against = ""
        if stated is not None:
            from core.store.ledger.audit_entries import holds_receipt

            with opened_ledger(stated) as ledger:
                against = holds_receipt(ledger, found)
        failed |= not seen.holds or bool(against)
        title = badge_words("changed") if against else badge_words(seen.strength, seen.moment)
        since = f" {found.predicate.get('when', 'the receipt was made')}" if title == "Unchanged since" else ""
        say(f"{at}: {title}{since} (code {found.code})")
        say(*(f"  {'holds' if step.holds else 'FAILS'}: {step.words}" for step in seen.steps))
        if against:
            say(f"  FAILS: {against}")
    return int(failed)


def _shown(path: Path, files: Iterable[Path]) -> str:
    """A file's name; its path where another file has that name too."""
    return str(path) if any(other.name == path.name for other in files if other != path) else path.name


def _whose(path: Path, content: bytes, receipts: dict[Path, Receipt]) -> Path:
    """The receipt that a file belongs to: the one that knows its digest, else its name, else the first."""
    digest = hashlib.sha256(content).hexdigest()
    by_digest = [at for at, found in receipts.items() if digest in found.subjects.values()]
    by_name = [at for at, found in receipts.items() if path.name in found.subjects]
    return next(iter([*by_digest, *by_name, *receipts]))


def _by_ledger(ledger: Ledger, files: dict[Path, bytes]) -> int:
    """Look for the digests of files in a ledger."""
    from core.store.ledger.audit_entries import with_digest

    failed = False
    for path, content in files.items():
        found = with_digest(ledger, hashlib.sha256(content).hexdigest())
        failed |= not found
        say(
            f"{path}: unchanged since {found[0].appended} (entry {found[0].number})"
            if found
            else f"{path}: FAILS: the ledger knows no such file. It was changed, or is not of this ledger."
        )
    return int(failed)


def _whole(ledger: Ledger) -> int:
    from core.store.ledger.checking import problems

    if not ledger.is_begun():
        raise DataError(f"There is no ledger at {ledger.shown} yet. The first audit begins it.")
    found = problems(ledger)
    say(
        f"{ledger.shown}: {'FAILS' if found else 'every entry is what was signed and seen'}",
        *(f"  {each}" for each in found),
    )
    return int(bool(found))


def _receipt(content: bytes) -> Receipt | None:
    """The receipt in a file; None where it is another file."""
    from core.record.evidence.receipt import Receipt, is_receipt

    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return Receipt.from_json(document) if is_receipt(document) else None


def _beside(files: list[Path]) -> dict[Path, Receipt]:
    """The receipts that lie in the folders of these files under their usual name."""
    from core.record.evidence.receipt import RECEIPT_FILE

    places = dict.fromkeys(path.parent / RECEIPT_FILE for path in files)
    return {at: found for at in places if at.is_file() and (found := _receipt(read_bytes(at))) is not None}


def _own(found: Receipt) -> PublicKey | None:
    """The key of this installation, where it signed the receipt."""
    from core.store.ledger.installation import home_folder, key_folder

    own = key_folder(home_folder()).public()
    return own if own == found.key else None


def _public(stated: str) -> PublicKey:
    from core.record.evidence.keys import PublicKey

    path = Path(stated)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False
    return PublicKey.from_text(read_bytes(path).decode("ascii", "replace") if is_file else stated)
