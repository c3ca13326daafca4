"""`plumbline ledger export|import|renew`: the ledger as one file, a new key, and the word of a time authority."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from core.cli.evidence_files import add_ledger, opened_ledger, read_bytes
from core.cli.files import writing
from core.cli.terminal import say
from core.errors import DataError


def add_ledger_commands(commands: Any) -> None:
    """Add the commands to the command line's own."""
    ledger = commands.add_parser("ledger", help="take the ledger elsewhere, or renew what signs it")
    doing = ledger.add_subparsers(required=True, metavar="export|import|renew")
    export = doing.add_parser("export", help="write the whole ledger into one file")
    export.add_argument("file", type=Path, help="the file to write")
    export.set_defaults(command=_export)
    import_ = doing.add_parser("import", help="append what an export has beyond the ledger")
    import_.add_argument("file", type=Path, help="a file that export wrote")
    import_.set_defaults(command=_import)
    renew = doing.add_parser("renew", help="sign with a new key from now on; or have a time authority stamp the ledger")
    renew.add_argument("--request", type=Path, metavar="FILE", help="write what to ask a time authority (RFC 3161)")
    renew.add_argument("--token", type=Path, metavar="FILE", help="keep what the time authority answered")
    renew.add_argument("--authority", type=Path, metavar="PEM", help="that authority's certificates, its own first")
    renew.set_defaults(command=_renew)
    for command in (export, import_, renew):
        add_ledger(command, "the ledger; the app's own if not given")


def _export(chosen: argparse.Namespace) -> int:
    from core.store.ledger.transfer import export_lines

    with opened_ledger(chosen.ledger) as ledger:
        lines = list(export_lines(ledger))
    _write_new(chosen.file, ("\n".join(lines) + "\n").encode(), 0o600)
    say(f"Wrote {len(lines) - 1} entries to {chosen.file}. It is as confidential as the ledger.")
    return 0


def _write_new(file: Path, content: bytes, mode: int) -> None:
    """Write a file that is not there yet. Raises DataError where it is: it may be the ledger itself, or its key."""
    with writing(file.parent, "Give a file in another folder."):
        try:
            opened = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        except FileExistsError:
            raise DataError(f"{file} is there already, and may be needed. Give the name of a new file.") from None
        try:
            with os.fdopen(opened, "wb") as out:
                out.write(content)
        except OSError:
            file.unlink()  # so that the same command can be given again
            raise


def _import(chosen: argparse.Namespace) -> int:
    from core.store.ledger.transfer import import_file

    with opened_ledger(chosen.ledger) as ledger:
        added = import_file(ledger, chosen.file)
        say(f"Appended {added} entries to {ledger.shown}.")
    return 0


def _renew(chosen: argparse.Namespace) -> int:
    if (chosen.token is None) != (chosen.authority is None):
        raise DataError("--token and --authority belong together: the answer, and the certificates of who gave it.")
    with opened_ledger(chosen.ledger) as ledger:
        if chosen.request is not None:
            _write_new(chosen.request, ledger.time_request(), 0o644)
            say(f"Wrote {chosen.request}. Send it to a time authority, and give its answer with --token.")
        elif chosen.token is not None:
            from core.record.evidence.receipt import TimeToken

            authority = read_bytes(chosen.authority).decode("ascii", "replace")
            entry = ledger.keep_time(TimeToken(read_bytes(chosen.token), authority))
            say(f"The ledger existed on {entry.body['moment']}, says {entry.body['by']}. Receipts say so from now on.")
        else:
            say(f"From now on the ledger is signed with the key {ledger.renew_key().hex}.")
    return 0
