"""What `plumbline doctor` looks at: one table, a row for each check."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from core.cli.app import DEFAULT_PORT, HERE
from core.cli.doctor.findings import MachineFinding
from core.errors import PlumblineError
from core.jobs import machine as hardware
from core.jobs import sandbox
from core.jobs.printing import chromium
from core.jobs.run_one import job_done
from core.jobs.supervisor import GIB, LEAST_FREE_DISK, LEAST_MEMORY
from core.jobs.untrusted import FACTS_CAP, checked_json, one_line
from core.store.ledger.installation import home_folder

TRIAL_SECONDS = 60.0
PYTHON = (3, 11)
MODEL = Path(__file__).resolve().parents[2] / "samples" / "loans.pt2"


class Machine:
    """What several checks ask of this machine, each found out once."""

    @property
    def on_cpu(self) -> dict[str, Any]:
        """What a trial inside the sandbox found on the CPU. Raises PlumblineError where it did not end well."""
        if isinstance(self._cpu_trial, PlumblineError):
            raise self._cpu_trial
        return self._cpu_trial

    @cached_property
    def _cpu_trial(self) -> dict[str, Any] | PlumblineError:
        """The trial, once: several checks ask, and one that hangs takes its whole time."""
        try:
            return _trial(gpus=False)
        except PlumblineError as error:
            return error

    @cached_property
    def on_gpus(self) -> dict[str, Any]:
        """The same on each GPU, in a process of its own: a driver may take it with it."""
        return _trial(gpus=True)


def _trial(gpus: bool) -> dict[str, Any]:
    with job_done("trial", {"gpus": gpus}, {"model": MODEL}, TRIAL_SECONDS) as done:
        found: dict[str, Any] = checked_json(done.out / "trial.json", FACTS_CAP)
        return found


@dataclass(frozen=True)
class MachineCheck:
    """One thing to look at, which a page calls `title`; where it `is_needed` and missing, no audit can run safely."""

    name: str
    title: str
    finds: Callable[[Machine], MachineFinding]
    is_needed: bool = False


def examined(check: MachineCheck, machine: Machine) -> MachineFinding:
    """What a check finds; a check that itself fails says so, and the others go on."""
    try:
        return check.finds(machine)
    except Exception as error:
        why = f"The reason: {one_line(error, 200) or type(error).__name__}"
        return MachineFinding("missing" if check.is_needed else "note", "This could not be looked at.", detail=why)


def _python(machine: Machine) -> MachineFinding:
    if sys.version_info < PYTHON:
        return MachineFinding(
            "missing", f"This is Python {platform.python_version()}.", "Install Python 3.11 or newer."
        )
    return MachineFinding("ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}.")


def _packages(machine: Machine) -> MachineFinding:
    wanted = [Requirement(each) for each in requires("plumbline") or ()]
    lacking = _lacking([each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})])
    if lacking:
        return MachineFinding(
            "missing", f"Not as tested: {', '.join(lacking)}.", "Install Plumbline again, as README says."
        )
    return MachineFinding("ok", "All that Plumbline needs is there, in versions that it was tested with.")


def _extras(machine: Machine) -> MachineFinding:
    wanted = [Requirement(each) for each in requires("plumbline") or ()]
    lacking = []
    for extra in metadata("plumbline").get_all("Provides-Extra") or ():
        own = [each for each in wanted if _only_for(each, extra)]
        if extra != "test" and _lacking(own):
            lacking.append(extra)
    if not lacking:
        return MachineFinding("ok", "Every optional part is installed.")
    command = f'pip install --editable ".[{",".join(lacking)}]" in Plumbline\'s folder'
    return MachineFinding("note", f"Not installed: {', '.join(lacking)}.", f"Where you want them: {command}.")


def _only_for(each: Requirement, extra: str) -> bool:
    return (
        each.marker is not None and each.marker.evaluate({"extra": extra}) and not each.marker.evaluate({"extra": ""})
    )


def _lacking(wanted: list[Requirement]) -> list[str]:
    """The packages that are not there, or in a version that was not tested."""
    found = []
    for each in wanted:
        try:
            there = version(each.name)
        except PackageNotFoundError:
            found.append(each.name)
            continue
        if not each.specifier.contains(there, prereleases=True):
            found.append(f"{each.name} {there} (needed: {each.specifier})")
    return found


def _torch(machine: Machine) -> MachineFinding:
    found = machine.on_cpu
    cuda = one_line(found["cuda"], 20)
    built = f"CUDA {cuda}" if found["cuda"] else "the CPU"
    return MachineFinding("ok", f"{one_line(found['torch'], 40)}, built for {built}.")


def _cpu(machine: Machine) -> MachineFinding:
    (device,) = machine.on_cpu["devices"]
    if device["problem"] is not None:
        why, do = f"The reason: {one_line(device['problem'], 200)}", "Install Plumbline again, as README says."
        return MachineFinding("missing", "A small model failed inside the sandbox.", do, why)
    speed, cores = int(device["rows_a_second"]), hardware.cores()
    return MachineFinding(
        "ok",
        f"{cores} core{'s' * (cores > 1)}. A network of a million weights scored {speed:,} rows a second inside the"
        " sandbox.",
    )


def _gpu(machine: Machine) -> MachineFinding:
    asked = hardware.asked_device()
    if not hardware.has_gpu():
        wanted = "" if asked in (None, "cpu") else f" {hardware.DEVICE} asks for {asked}."
        return MachineFinding("note" if wanted else "ok", f"None was found, so models run on the CPU.{wanted}")
    if asked == "cpu":
        return MachineFinding("note", f"There is one, and {hardware.DEVICE} says to use the CPU.")
    if not machine.on_cpu["cuda"]:
        do = "Install the build of PyTorch for CUDA, as README says."
        return MachineFinding("note", "There is one, but this PyTorch is built for the CPU, which models run on.", do)
    devices, beside = machine.on_gpus["devices"], machine.on_cpu["devices"][0]["rows_a_second"]
    if not devices:
        do = "Look at the driver with nvidia-smi."
        return MachineFinding("note", "PyTorch sees no GPU inside the sandbox, so models run on the CPU.", do)
    said, why = [], []
    for device in devices:
        name = f"{one_line(device['name'], 20)} ({one_line(device['is'], 80)})"
        if device["problem"] is not None:
            said.append(f"{name} failed inside the sandbox, so models run on the CPU.")
            why.append(f"The reason: {one_line(device['problem'], 200)}")
        else:
            speed = int(device["rows_a_second"])
            times = f", {speed / beside:.1f} times the CPU" if beside else ""
            said.append(f"{name} scored {speed:,} rows a second{times}.")
    do = "Look at the driver with nvidia-smi." if why else ""
    return MachineFinding("note" if why else "ok", " ".join(said), do, " ".join(why))


def _landlock(machine: Machine) -> MachineFinding:
    abi = sandbox.available().landlock
    do = "Use Linux 5.13 or newer with landlock, or open only files from people you trust."
    if abi is None:
        return MachineFinding("missing", "Uploads cannot be kept from your other files.", do)
    if machine.on_cpu["reads_other_files"]:
        return MachineFinding("missing", "The sandbox let a job read a file outside its folder.", do)
    return MachineFinding(
        "ok", "A job could not read a file outside its folder.", detail=f"Landlock has version {abi}."
    )


def _seccomp(machine: Machine) -> MachineFinding:
    do = "Install libseccomp 2 (Debian: apt-get install libseccomp2), or open only files from people you trust."
    if not sandbox.available().seccomp:
        return MachineFinding("missing", "Uploads cannot be kept from the network.", do)
    if machine.on_cpu["reaches_network"]:
        return MachineFinding("missing", "The sandbox let a job open a way to the network.", do)
    return MachineFinding("ok", "A job could not open a way to the network (seccomp).")


def _chromium(machine: Machine) -> MachineFinding:
    found = chromium()
    if found is None:
        return MachineFinding(
            "note", "None, so no PDF is made here; the report's web page prints too.", "Install chromium."
        )
    return MachineFinding("ok", "Reports can be PDFs.", detail=f"Chromium is {found}.")


def _disk(machine: Machine) -> MachineFinding:
    for place in dict.fromkeys((_there(home_folder()), Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(place).free
        if free < LEAST_FREE_DISK:
            needed = f"{free / GIB:.1f} GB are free; a run needs {LEAST_FREE_DISK / GIB:.0f} GB."
            do = "Free some space, or name other folders in PLUMBLINE_HOME and TMPDIR."
            return MachineFinding("missing", needed, do, f"The folder is {place}.")
        with tempfile.TemporaryFile(dir=place):  # whether anything can be written there
            pass
    return MachineFinding(
        "ok", f"{free / GIB:,.0f} GB are free for runs.", detail=f"What is kept lies in {home_folder()}."
    )


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there already."""
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _memory(machine: Machine) -> MachineFinding:
    free, whole = hardware.free_memory_bytes(), hardware.memory_bytes()
    said = f"{free / GIB:.1f} of {whole / GIB:.1f} GB are free."
    if free < LEAST_MEMORY:
        return MachineFinding("note", said, f"A run may need {LEAST_MEMORY / GIB:.0f} GB: close other programs first.")
    return MachineFinding("ok", said)


def _port(machine: Machine) -> MachineFinding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, DEFAULT_PORT))
        except OSError:
            other = f"plumbline app --port {DEFAULT_PORT + 1}"
            return MachineFinding("note", f"{DEFAULT_PORT} is in use, perhaps by Plumbline itself.", f"Else: {other}.")
    return MachineFinding("ok", f"{DEFAULT_PORT} is free for the app.")


def _setting(machine: Machine) -> MachineFinding:
    asked = hardware.asked_device()
    return MachineFinding("ok", "On the best device there is." if asked is None else f"{hardware.DEVICE} says {asked}.")


CHECKS = (
    MachineCheck("Python", "Python", _python, is_needed=True),
    MachineCheck("Packages", "Packages", _packages, is_needed=True),
    MachineCheck("PyTorch", "PyTorch", _torch, is_needed=True),
    MachineCheck("CPU", "Processor", _cpu, is_needed=True),
    MachineCheck("Device", "Where models run", _setting, is_needed=True),
    MachineCheck("GPU", "Graphics card", _gpu),
    MachineCheck("Landlock", "Files kept apart", _landlock, is_needed=True),
    MachineCheck("Seccomp", "No way to the network", _seccomp, is_needed=True),
    MachineCheck("Disk", "Disk", _disk, is_needed=True),
    MachineCheck("Memory", "Memory", _memory),
    MachineCheck("Chromium", "Reports as PDF", _chromium),
    MachineCheck("Port", "The app's port", _port),
    MachineCheck("Extras", "Optional parts", _extras),
)
