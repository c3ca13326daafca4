"""The command line: `plumbline app` and the commands, each of which stands in a module of its name."""

from __future__ import annotations

import argparse
from typing import NoReturn

from core.cli.device import add_device, use_device
from core.cli.signals import Stopped, stopping
from core.cli.terminal import complain
from core.errors import PlumblineError


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 when it ran, whatever it found; else one line on stderr says why it did not.

    1 is for `verify` where something does not hold, `gate` where it fails, `monitor` where a gap has changed, and
    `doctor` where no audit can run safely. 2 is for bad input, 130 for Ctrl+C, 143 for TERM, 129 for a terminal that
    was closed.
    """
    try:
        with stopping():
            chosen = _parser().parse_args(arguments)
            use_device(chosen)
            return int(chosen.command(chosen))
    except PlumblineError as error:
        complain(str(error))
        return 2
    except Stopped as stopped:
        complain(stopped.words)
        return stopped.code


class _CommandParser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other message is."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message}. See {self.prog} --help.")
        self.exit(2)


def _parser() -> argparse.ArgumentParser:
    # Half a second of imports, which a signal must find prepared.
    from core.cli.audit import add_audit
    from core.cli.compare import add_compare
    from core.cli.doctor import add_doctor
    from core.cli.explain import add_explain
    from core.cli.gate import add_gate
    from core.cli.ledger import add_ledger_commands
    from core.cli.mitigate import add_mitigate
    from core.cli.monitor import add_monitor
    from core.cli.report import add_report
    from core.cli.verify import add_verify

    parser = _CommandParser(prog="plumbline", description="Does a model treat groups of people differently?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    app = commands.add_parser("app", help="start the app in the browser")
    app.add_argument(
        "--share", action="store_true", help="let other computers on this network open it, with a join code"
    )
    app.add_argument("--port", type=int, default=8501, help="the port it listens on (default 8501)")
    add_device(app)
    app.set_defaults(command=_app)
    add_audit(commands)
    add_gate(commands)
    add_report(commands)
    add_mitigate(commands)
    add_explain(commands)
    add_compare(commands)
    add_monitor(commands)
    add_verify(commands)
    add_ledger_commands(commands)
    add_doctor(commands)
    return parser


def _app(chosen: argparse.Namespace) -> int:
    from core.cli.app import serve

    return int(serve(share=chosen.share, port=chosen.port))
