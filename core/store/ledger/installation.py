"""Where an installation keeps its ledger and its key, unless the environment says otherwise."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from core.store.ledger.key_folder import KeyFolder

# A path or a URL, and the folder of the key.
LEDGER, KEYS = "PLUMBLINE_LEDGER", "PLUMBLINE_KEYS"


def home_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """What an installation keeps on disk lies here."""
    stated = environment.get("PLUMBLINE_HOME")
    data = environment.get("XDG_DATA_HOME")
    return Path(stated) if stated else (Path(data) if data else Path.home() / ".local" / "share") / "plumbline"


def ledger_url(home: Path, environment: Mapping[str, str] = os.environ) -> str:
    """The ledger of the installation in `home`: one file of SQLite, or what the environment names."""
    return environment.get(LEDGER) or str(home / "ledger" / "ledger.sqlite3")


def key_folder(home: Path, environment: Mapping[str, str] = os.environ) -> KeyFolder:
    """Its key, outside the ledger."""
    stated = environment.get(KEYS)
    return KeyFolder(Path(stated) if stated else home / "keys")
