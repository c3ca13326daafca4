"""Ages of files by a clock that does not jump: sleep, a set clock and restarts delete nothing early, keep nothing."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.store.disk.clock import Moment, now
from core.store.disk.last_used import Ages

HOUR, DAY = 3600.0, 24 * 3600.0


class Machine:
    """A machine whose time the test moves."""

    def __init__(self) -> None:
        self.moment = Moment(1000.0, "first", time.time())

    def __call__(self) -> Moment:
        return self.moment

    def pass_(self, seconds: float) -> None:
        self.moment = replace(self.moment, ticks=self.moment.ticks + seconds, calendar=self.moment.calendar + seconds)

    def set(self, seconds: float) -> None:
        self.moment = replace(self.moment, calendar=self.moment.calendar + seconds)

    def restart(self, off: float) -> None:
        self.moment = Moment(5.0, "another", self.moment.calendar + off)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.touch()
    return path


@pytest.mark.parametrize("jump", [-400 * DAY, -DAY, DAY, 400 * DAY])
def test_a_set_clock_makes_nothing_older_or_younger(tmp_path: Path, machine: Machine, file: Path, jump: float) -> None:
    ages = Ages(tmp_path / "ages.json", machine)
    ages.use(file)
    machine.set(jump)
    machine.pass_(HOUR)
    assert ages.age(file) == pytest.approx(HOUR)
    ages.keep()
    machine.pass_(DAY)
    again = Ages(tmp_path / "ages.json", machine)
    assert again.age(file) == pytest.approx(DAY + HOUR)
    assert again.old([file, tmp_path / "gone"], DAY) == [file]


def test_time_asleep_has_passed(tmp_path: Path, machine: Machine, file: Path) -> None:
    ages = Ages(tmp_path / "ages.json", machine)
    ages.use(file)
    machine.pass_(3 * DAY)  # the ticks count on while a machine sleeps
    assert ages.age(file) == pytest.approx(3 * DAY)


@pytest.mark.parametrize(("off", "age"), [(2 * DAY, 2 * DAY), (0.0, 5.0), (-400 * DAY, 5.0)])
def test_a_restart_takes_as_long_as_the_calendar_says_and_never_less_than_the_machine_runs(
    tmp_path: Path, machine: Machine, file: Path, off: float, age: float
) -> None:
    ages = Ages(tmp_path / "ages.json", machine)
    ages.use(file)
    machine.restart(off)
    assert Ages(tmp_path / "ages.json", machine).age(file) == pytest.approx(age)


def test_use_and_writing_make_young_and_a_date_set_back_makes_old(tmp_path: Path, machine: Machine, file: Path) -> None:
    ages = Ages(tmp_path / "ages.json", machine)
    ages.use(file)
    machine.pass_(DAY)
    ages.use(file)
    assert ages.age(file) == 0
    date = file.stat().st_mtime
    os.utime(file, (date - DAY, date - DAY))
    assert ages.age(file) == pytest.approx(DAY)
    machine.pass_(HOUR)
    os.utime(file, (machine.moment.calendar, machine.moment.calendar))
    assert ages.age(file) == pytest.approx(0, abs=1)


def test_files_from_before_there_was_a_ledger_are_as_old_as_their_dates(
    tmp_path: Path, machine: Machine, file: Path
) -> None:
    os.utime(file, (machine.moment.calendar - 2 * DAY,) * 2)
    ages = Ages(tmp_path / "ages.json", machine)
    assert ages.age(file) == pytest.approx(2 * DAY, abs=1)
    ages.keep()
    other = tmp_path / "other"
    other.touch()
    os.utime(other, (machine.moment.calendar - 2 * DAY,) * 2)
    assert ages.age(other) == 0, "it came since the ledger was begun, so its date tells nothing"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"passed": 1, "last": [1], "used": {}}'])
def test_a_damaged_ledger_is_begun_anew(tmp_path: Path, machine: Machine, file: Path, text: str) -> None:
    (tmp_path / "ages.json").write_text(text)
    ages = Ages(tmp_path / "ages.json", machine)
    ages.use(file)
    assert Ages(tmp_path / "ages.json", machine).age(file) == 0


def test_what_is_gone_is_forgotten(tmp_path: Path, machine: Machine, file: Path) -> None:
    ages = Ages(tmp_path / "ages.json", machine)
    ages.use(file)
    file.unlink()
    ages.keep()
    assert "file" not in (tmp_path / "ages.json").read_text()


def test_the_machines_own_clock_goes_forward() -> None:
    first, second = now(), now()
    assert second.since(first) >= 0 and first.since(second) >= 0
