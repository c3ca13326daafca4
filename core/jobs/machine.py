"""How much of this machine there is to share between jobs: cores, memory, and whether it has an NVIDIA GPU."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from core.errors import JobError

DEVICE, DEVICES = "PLUMBLINE_DEVICE", "cpu, cuda, or cuda:1 for the second GPU"


def cores() -> int:
    """Processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def memory_bytes() -> int:
    """Memory of the machine, or of the container where that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([total, *_container_limit()])


def free_memory_bytes() -> int:
    """Memory that new work may take without pushing other programs out; all of it where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except FileNotFoundError:
        return memory_bytes()
    free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    return min([free, *(limit - taken for limit, taken in zip(_container_limit(), _container_use(), strict=False))])


def has_gpu() -> bool:
    """Whether an NVIDIA driver is loaded; asking the driver itself would make this process hold the device."""
    return Path("/dev/nvidia0").exists() or Path("/proc/driver/nvidia/version").exists()


def uses_gpu(device: str | None = None) -> bool:
    """Whether jobs may reach the GPU: there is one, and neither their `device` nor a setting says to do without."""
    return has_gpu() and (device or asked_device()) != "cpu"


def gpu_of(device: str | None = None) -> str | None:
    """The GPU that a job's model runs on where one is there, by its `device` or else by the setting; None for the CPU.

    Raises JobError where the setting names none.
    """
    name = device or asked_device() or ("cuda" if has_gpu() else "cpu")
    return None if name == "cpu" else name


def asked_device() -> str | None:
    """The device that this installation is set to, the first of several; None where it is free.

    Raises JobError where the setting names none.
    """
    return next(iter(asked_devices()), None)


def asked_devices() -> tuple[str, ...]:
    """The devices that this installation is set to, named with commas; none where it is free.

    Raises JobError where the setting names none, or such as do not go together.
    """
    asked = os.environ.get(DEVICE)
    if not asked:
        return ()
    names = tuple(asked.split(","))
    if not all(map(is_device, names)):
        raise JobError(f"The setting {DEVICE} names no device. Give {DEVICES}, or leave the setting out.")
    if (why := why_apart(names)) is not None:
        raise JobError(f"The setting {DEVICE} {why}")
    return names


def is_device(name: str) -> bool:
    """Whether this is how a device is called."""
    return re.fullmatch("cpu|cuda(:[0-9]{1,2})?", name) is not None


def why_apart(devices: Sequence[str]) -> str | None:
    """Why a process on each of these devices makes no sense, as words that follow who names them; None where it does.

    They are GPUs, each once, or the CPU so many times: a GPU's memory is for one process, and beside a GPU the CPU
    would decide about whichever rows it got: what lies near a threshold would depend on who was free.
    """
    if "cpu" in devices and set(devices) != {"cpu"}:
        return "names the CPU beside a GPU, and the two may decide differently. Give one kind."
    times = Counter(int(name.partition(":")[2] or 0) for name in devices if name != "cpu")
    for number, often in times.items():
        if often > 1:
            return f"names cuda:{number} {often} times, and its memory is for one process. Give it once."
    return None


def _container_limit() -> list[int]:
    return _number(Path("/sys/fs/cgroup/memory.max"))


def _container_use() -> list[int]:
    return _number(Path("/sys/fs/cgroup/memory.current"))


def _number(path: Path) -> list[int]:
    """The number that a control file holds; nothing where there is no such file or it says `max`."""
    try:
        text = path.read_text().strip()
    except OSError:
        return []
    return [int(text)] if text.isdigit() else []
