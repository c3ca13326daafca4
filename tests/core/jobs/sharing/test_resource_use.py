"""What a process holds is counted where it is held, also where no listing shows it."""

import mmap
import os
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from core.jobs.folder import Folder
from core.jobs.process import Process
from core.jobs.sharing import resource_use

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
SIZE = 5 * 2**20


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "job")
    made.make()
    (made.path / "log.txt").write_bytes(b"")
    return made


def test_files_that_were_removed_count_while_they_are_open_or_mapped(folder: Folder) -> None:
    me = Process.of(os.getpid())

    def size() -> int:
        return resource_use.on_disk(me, folder, 100).size

    before = size()
    with tempfile.TemporaryFile(dir=folder.out) as file:
        file.write(bytes(SIZE))
        file.flush()
        assert size() - before >= SIZE
        mapped = mmap.mmap(file.fileno(), SIZE)
    assert size() - before >= SIZE
    mapped.close()
    assert size() - before < SIZE


def test_an_ordinary_user_sees_at_least_what_is_mapped(folder: Folder) -> None:
    with tempfile.TemporaryFile(dir=folder.out) as file:
        file.truncate(SIZE)
        with mmap.mmap(file.fileno(), SIZE):
            inode = os.fstat(file.fileno()).st_ino
            assert resource_use._mapped(os.getpid(), set())[0, inode] == SIZE
            assert (0, inode) not in resource_use._mapped(os.getpid(), {inode})


def test_threads_are_counted() -> None:
    me, done = Process.of(os.getpid()), threading.Event()
    before = resource_use.threads(me)
    several = [threading.Thread(target=done.wait) for _ in range(5)]
    for thread in several:
        thread.start()
    assert resource_use.threads(me) == before + 5
    done.set()
    for thread in several:
        thread.join()


def test_a_process_that_is_gone_holds_nothing(folder: Folder) -> None:
    gone = Process(2**22 + 1, "ended")
    assert resource_use.threads(gone) == 0
    assert resource_use.on_disk(gone, folder, 100).entries == 1
