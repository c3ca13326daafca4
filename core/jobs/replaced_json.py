"""A JSON file that is always whole, whoever reads it while it is written and whatever is killed."""

import json
import os
from pathlib import Path


def replace_json(path: Path, value: object, synced: bool = True) -> None:
    """Write `value` as JSON so that a reader sees the old file or the new one, never a part.

    Where it is `synced`, that holds also after the power failed: a new name must not outlive its content.
    """
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        if synced:
            file.flush()
            os.fsync(file.fileno())
    os.replace(part, path)
