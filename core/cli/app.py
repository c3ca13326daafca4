"""`plumbline app`: the app's server, started beside this library; only this machine reaches it unless it is shared."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from core.cli.doors import join_code
from core.cli.doors.addresses import of_this_machine
from core.cli.doors.policy import CODE, CONTAINER, SHARED, DoorPolicy
from core.errors import PlumblineError
from core.jobs.machine import asked_device
from core.jobs.scratch import sweep

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
DEFAULT_PORT = 8501
HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"


def serve(share: bool, port: int) -> int:
    """Become the app's server; returns only where it cannot be started.

    With `share` it listens on every address of this machine and lets in who gives the join code, which is printed.
    What STREAMLIT_SERVER_ADDRESS and STREAMLIT_SERVER_PORT say, as in a container, holds unless it is asked otherwise
    here. Raises PlumblineError where the port is in use or the app's files are missing.
    """
    if not APP.is_file():
        raise PlumblineError(f"{APP} is missing. Install Plumbline as its README says, and start it again.")
    asked_device()  # a setting that is none would end each job
    environment = settings(share, port, os.environ)
    address, port = environment["STREAMLIT_SERVER_ADDRESS"], int(environment["STREAMLIT_SERVER_PORT"])
    _refuse_used(address, port)
    sweep()  # copies of tables that a killed command left
    print("\n".join(greeting(environment)), flush=True)
    _become(environment)


def settings(share: bool, port: int, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment that the server starts with.

    Raises PlumblineError where others would reach the app without a code, or by a code that can be guessed.
    """
    policy = DoorPolicy.of(environment, share)
    own = {
        "STREAMLIT_SERVER_ADDRESS": HERE,
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_SHOW_EMAIL_PROMPT": "false",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        # The browser that opens here must not be sent to 0.0.0.0; the greeting is ours. Nobody outside is asked what
        # this machine is called there.
        "STREAMLIT_BROWSER_SERVER_ADDRESS": "localhost",
        "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true",
        **environment,
    }
    if port != DEFAULT_PORT:
        own["STREAMLIT_SERVER_PORT"] = str(port)
    own["STREAMLIT_SERVER_ALLOWED_HOSTS"] = " ".join(policy.host_names(of_this_machine() if policy.shared else ()))
    if policy.shared:
        code = policy.code or join_code.made()
        own |= {SHARED: "1", CODE: code, "STREAMLIT_SERVER_ADDRESS": EVERYWHERE}
    policy.refuse_open(own["STREAMLIT_SERVER_ADDRESS"])
    return own


def greeting(environment: Mapping[str, str]) -> list[str]:
    """The lines printed before the server starts: where it is, and how others get in."""
    port = environment["STREAMLIT_SERVER_PORT"]
    contained = environment.get(CONTAINER) == "1"
    if contained:
        lines = [f"Plumbline listens on port {port} of this container. Open the address that you published it at."]
    else:
        lines = [f"Plumbline opens at http://localhost:{port} . To stop it, press Ctrl+C."]
    if environment.get(SHARED) == "1":
        if not contained:
            lines += [f"On other computers of this network: http://{address}:{port}" for address in of_this_machine()]
        lines += [f"{'It asks for' if contained else 'They need'} the join code: {environment[CODE]}"]
    return lines


def _refuse_used(address: str, port: int) -> None:
    if not 1 <= port <= 65535:
        raise PlumblineError(f"{port} is no port. Give a number from 1024 to 65535 with --port.")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as problem:
            raise PlumblineError(_bind_words(problem, address, port)) from None


def _bind_words(problem: OSError, address: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use, perhaps by a Plumbline that runs already: look at http://localhost:{port} , "
            f"or choose another with --port {port + 1 if port < 65535 else DEFAULT_PORT}."
        )
    return f"The app cannot listen on {address}, port {port} ({problem.strerror}). Choose another port with --port."


def _become(environment: Mapping[str, str]) -> NoReturn:
    """Replace this process by the server, so that signals reach it; in the folder that holds its settings."""
    os.chdir(APP.parent)
    os.execve(sys.executable, [sys.executable, "-m", "streamlit", "run", str(APP)], dict(environment))
