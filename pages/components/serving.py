"""The server around the pages: who reaches them, and what goes on beside them while it runs."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator

import streamlit as st
from starlette.middleware import Middleware
from streamlit import cli_util, runtime

from core.cli import log_safety
from core.cli.doors import addresses, no_delay
from core.cli.doors.admission import Door
from core.cli.doors.gate import Gate
from core.cli.doors.incoming import WAITING
from core.cli.doors.policy import DoorPolicy
from core.errors import PlumblineError
from pages.components.first_glance import FirstGlance

_SWEEP_SECONDS = 60.0


def doors() -> list[Middleware]:
    """The layers that every request passes first. Ends the process with words where the app must not be served so."""
    try:
        policy = DoorPolicy.of(os.environ)
        policy.refuse_open(st.get_option("server.address") or "0.0.0.0")
        if policy.shared and policy.code is None:
            raise PlumblineError("A shared app needs a join code. Start it with plumbline app --share: it makes one.")
    except PlumblineError as problem:
        sys.exit(f"plumbline: {problem}")
    hosts = policy.hosts(addresses.of_this_machine() if policy.shared else ())
    return [Middleware(Gate, hosts=hosts, door=Door(policy.code) if policy.code else None), Middleware(FirstGlance)]


@contextlib.asynccontextmanager
async def while_it_runs(_app: st.App) -> AsyncGenerator[None, None]:
    """Open the browser once, as `streamlit run` does for a script without a server of its own; sweep uploads."""
    log_safety.spell_out()
    no_delay.send_at_once()
    if not st.get_option("server.headless"):
        cli_util.open_browser(f"http://localhost:{st.get_option('server.port')}")
    sweeping = asyncio.create_task(_sweep())
    yield
    sweeping.cancel()


async def _sweep() -> None:
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        WAITING.sweep(runtime.get_instance().is_active_session)
