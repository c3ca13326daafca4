"""The kinds of job, a row each.

What a job runs and imports is named, not imported: this room knows none of the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# Most of the time of a job that starts from nothing goes into its imports.
_TABLES = ("numpy", "pandas", "pyarrow.parquet", "pyarrow.csv")
# torch imports what opens a .pt2 only when the first one is opened, which takes a second: hence its last three.
_MODELS = (
    "core.models.pt2",
    "torch.export",
    "torch.export.pt2_archive._package",
    "torch._export.serde.serialize",
    "torch._functorch.aot_autograd",
    "onnx",
    "onnxruntime",
    "skops.io",
)
_MEASURES = ("core.engine.job", "scipy.special", "core.metrics.aif360_classes")
_EXPLAINING = ("core.explain.job", "captum.attr", "sklearn.linear_model")
_TRAINING = ("core.mitigate.job", "torch.optim", "sklearn.linear_model")

ANY_KIND = "any"


@dataclass(frozen=True)
class Kind:
    """A kind of job.

    Attributes
    ----------
    name
        What `Supervisor.submit` and a job's files call it.
    runs
        The task, as "module:function": it takes the job's folder, the request and the progress, and returns nothing.
    ahead
        The modules that a process imports while it waits for work of this kind.
    is_look
        Whether it only looks at what was just put in, so that somebody waits for it; its time limit is shorter.
    publishes
        Whether it writes what it has found so far in files that are whole: they are shown while it works, and stay when
        it is stopped.
    """

    name: str
    runs: str
    ahead: tuple[str, ...] = ()
    is_look: bool = False
    publishes: bool = False


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("profile", "core.data.profiling:run", _TABLES, is_look=True),
        Kind("profile_large", "core.data.profiling:run", _TABLES),  # nobody waits before a page for it
        Kind("profile_parts", "core.data.table_files.converting:run", _TABLES, is_look=True),
        Kind("convert", "core.data.table_files.converting:run", _TABLES),
        Kind("inspect", "core.models.inspect:run", _TABLES + _MODELS, is_look=True),
        Kind("logo", "core.data.images.logo:run", is_look=True),
        Kind("carried", "core.record.evidence.carried:run", is_look=True),
        Kind("trial", "core.models.trial:run", is_look=True),
        Kind("audit", "core.engine.job:run", _TABLES + _MEASURES + _MODELS),
        Kind("edges", "core.engine.shards.job:find_edges", _TABLES),
        Kind("count", "core.engine.shards.job:run", _TABLES + _MODELS, publishes=True),
        Kind("mitigate", "core.mitigate.job:run", _TABLES + _TRAINING + _MODELS, publishes=True),
        Kind("explain", "core.explain.job:run", _TABLES + _EXPLAINING + _MODELS),
        Kind("explain_person", "core.explain.person.job:run", _TABLES + _EXPLAINING + _MODELS),
    )
}


def imports_ahead(name: str) -> tuple[str, ...]:
    """The modules to import for work of this kind; an audit's for ANY_KIND."""
    return (KINDS.get(name) or KINDS["audit"]).ahead


def is_look(name: str) -> bool:
    """Whether somebody waits for a job of this kind, having just put something in."""
    return name in KINDS and KINDS[name].is_look


def publishes(name: str) -> bool:
    """Whether what a job of this kind has found stands before it has come to its end."""
    return name in KINDS and KINDS[name].publishes
