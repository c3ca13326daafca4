"""TensorBoard's event files: a folder for each audit or series, written anew each time."""

from __future__ import annotations

from pathlib import Path

from core.cli.trackers.figures import RunFigures, steps
from core.errors import PlumblineError

_OWN = ".plumbline"


def write_events(folder: Path, figures: RunFigures) -> Path:
    """Write the figures into a folder of their own below `folder`; gives it. Raises PlumblineError where that fails."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    own = folder / figures.folder
    try:
        earlier = list(own.glob(f"events.out.tfevents.*{_OWN}"))
        writer = EventFileWriter(str(own), filename_suffix=_OWN)
        for (step, moment), numbers in steps(figures.numbers).items():
            values = [Summary.Value(tag=name, simple_value=value) for name, value in numbers.items()]
            writer.add_event(Event(wall_time=moment, step=step, summary=Summary(value=values)))
        writer.close()
        for path in earlier:
            path.unlink()
    except OSError as error:
        raise PlumblineError(
            f"{own} cannot be written ({error.strerror}). Give --tensorboard another folder."
        ) from None
    return own
