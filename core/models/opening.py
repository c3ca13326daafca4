"""A plan's model, opened on the device that is chosen; whoever asks it says where it ran, and why not on the GPU."""

import os
from dataclasses import replace
from pathlib import Path

from core.models import open_model
from core.models.device import ASKED, chosen_device
from core.models.model import Model


def open_chosen(path: Path, name: str) -> Model:
    """The model in the file at `path`, called `name` in messages. Raises ModelError.

    Its warnings say where a GPU was to be used and was not.
    """
    chosen = chosen_device()
    model = open_model(path, name, chosen.name)
    instead = chosen.instead
    if model.device == "cpu" != chosen.name and ASKED in os.environ:
        instead = f"The model ran on the CPU: here {chosen.name} cannot run files of this format."
    return replace(model, warnings=(*model.warnings, instead)) if instead else model
