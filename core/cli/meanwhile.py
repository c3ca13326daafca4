"""What a command will need for its answer is imported while it waits for its job, which keeps another core busy."""

from __future__ import annotations

import contextlib
import importlib
import threading

SHARES = "scipy.special"
SECOND_OPINION = "core.metrics.aif360_classes"


def import_meanwhile(*names: str) -> None:
    """Import these modules in a thread of their own; whoever needs one before it is there waits for it."""
    threading.Thread(target=_imported, args=names, name="plumbline-meanwhile", daemon=True).start()


def _imported(*names: str) -> None:
    for name in names:
        with contextlib.suppress(Exception):  # whoever needs it meets the same error, and says it in words
            importlib.import_module(name)
