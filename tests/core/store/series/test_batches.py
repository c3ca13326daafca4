"""Several tables put in at once: each becomes an audit of one series, whatever is broken, dropped twice or killed."""

import errno
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DataError
from core.samples import SAMPLES
from core.store.disk.clock import Moment
from core.store.disk.clock import now as clock_now
from core.store.series.batches import Begun
from core.store.series.members import in_series
from core.store.workspace import UPLOADS_KEPT_SECONDS, Audit, Workspace
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import SOON, until
from tests.worlds.marked import MARK, found_in
from tests.worlds.people import csv_text
from tests.worlds.workspaces import PLAN, ROWS, profiled, start, taken_over

pytestmark = pytest.mark.jobs

BROKEN = b"\x80\x04\x95 no table"


def month(number: int) -> bytes:
    """The people of the first audit, with somebody more."""
    return csv_text(("g", "y", "s"), [*ROWS, *[("b", "1", "0.9")] * number]).encode()


def drop(space: Workspace, first: str, files: dict[str, bytes]) -> Begun:
    return space.batches.begin(first, [(io.BytesIO(content), name) for name, content in files.items()])


def ended(space: Workspace, begun: Begun) -> list[Audit]:
    until(lambda: space.batches.progress(begun.batch) is None)
    return [space.get(audit_id) for audit_id in begun.audits]


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    space = start(tmp_path / "root")
    yield space
    space.close()


@pytest.fixture
def first(space: Workspace) -> str:
    """The audit with which the series begins."""
    audit_id = space.run(profiled(space).id, PLAN).id
    taken_over(space, audit_id)
    return audit_id


def test_five_files_one_of_them_broken_are_four_audits_and_a_reason(space: Workspace, first: str) -> None:
    files = {f"2026-{number:02}.csv": month(number) for number in range(1, 6)}
    begun = drop(space, first, files | {"2026-04.csv": BROKEN})
    audits = ended(space, begun)
    assert len(audits) == 5 and begun.twice == ()
    (bad,) = [audit for audit in audits if space.record(audit.id) is None]
    status = space.status(bad.id)
    assert bad.table is not None and bad.table.name == "2026-04.csv"
    assert status is not None and "Python pickle" in str(status.message)
    record = space.record(first)
    assert record is not None
    members = in_series(space.listed("me"), record.plan.series_sha256)
    assert [entry.audit.id for entry in members] == [first, *begun.audits], "the broken one stands among them"


def test_each_is_asked_what_the_first_was_at_its_edges_and_against_its_groups(space: Workspace, first: str) -> None:
    """In the second table b is the larger group, and would be what others are compared with."""
    (audit,) = ended(space, drop(space, first, {"feb.csv": month(5)}))
    before, after = space.record(first), space.record(audit.id)
    assert before is not None and after is not None
    assert after.references == before.references == {("g",): ("a",)}
    assert after.plan.decision.edges == before.plan.decision.edges != ()
    assert after.plan.series_sha256 == before.plan.series_sha256
    assert after.plan.data.file == "feb.csv" and after.counts.people == 65


def test_a_table_that_the_series_has_is_audited_once(space: Workspace, first: str) -> None:
    again = space.get(first).table
    assert again is not None
    content = space.files.path(again.digest).read_bytes()
    begun = drop(space, first, {"same.csv": content, "feb.csv": month(2), "feb (1).csv": month(2)})
    assert begun.twice == (("same.csv", "people.csv"), ("feb (1).csv", "feb.csv"))
    ended(space, begun)
    once_more = drop(space, first, {"2026-02.csv": month(2)})
    assert once_more.audits == () and once_more.twice == (("2026-02.csv", "feb.csv"),)


def test_what_was_kept_before_a_file_that_cannot_be_is_audited(space: Workspace, first: str) -> None:
    class OfAFullDisk(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DataError, match="no space left on the disk to keep mar.csv"):
        space.batches.begin(first, [(io.BytesIO(month(2)), "feb.csv"), (OfAFullDisk(), "mar.csv")])
    (kept,) = [audit for audit in space.owned_by("me") if audit.id != first]
    until(lambda: space.batches.progress(kept.batch) is None)
    assert space.record(kept.id) is not None


def test_another_app_goes_on_with_what_waits(tmp_path: Path) -> None:
    with closing(start(tmp_path / "root")) as space:
        first = space.run(profiled(space).id, PLAN).id
        taken_over(space, first)
        space.batches.line.close()  # as in an app that is killed just after the drop
        begun = drop(space, first, {f"{number}.csv": month(number) for number in range(1, 4)})
        assert all(space.get(audit_id).job is None for audit_id in begun.audits)
        progress = space.batches.progress(begun.batch)
        assert progress is not None and (progress.done, progress.total) == (0, 3)
    with closing(start(tmp_path / "root")) as again:
        assert [audit.id for audit in ended(again, begun)] == list(begun.audits)
        assert all(again.record(audit_id) is not None for audit_id in begun.audits)


def test_cancel_removes_what_has_not_ended(space: Workspace, first: str, tmp_path: Path) -> None:
    with holding_jobs():
        begun = drop(space, first, {f"{number}.csv": month(number) for number in range(1, 4)})
        until(lambda: any(space.get(audit_id).job for audit_id in begun.audits))
        space.batches.cancel(begun.batch)
    assert space.batches.progress(begun.batch) is None
    assert [audit.id for audit in space.owned_by("me")] == [first]
    assert len(list((tmp_path / "root" / "uploads").iterdir())) == 1


def test_one_that_is_deleted_while_it_waits_keeps_no_other_from_its_turn(space: Workspace, first: str) -> None:
    with holding_jobs():
        begun = drop(space, first, {f"{number}.csv": month(number) for number in range(1, 4)})
        space.delete(begun.audits[2])
    until(lambda: space.batches.progress(begun.batch) is None)
    assert all(space.record(audit_id) is not None for audit_id in begun.audits[:2])


def test_the_model_serves_all_of_them_and_is_asked_for_where_it_has_gone(tmp_path: Path) -> None:
    passed = [0.0]

    def later() -> Moment:
        moment = clock_now()
        return replace(moment, ticks=moment.ticks + passed[0], calendar=moment.calendar + passed[0])

    space, sample = start(tmp_path / "root", now=later), SAMPLES["loans"]
    assert sample.model is not None
    lines = sample.table.read_text(encoding="utf-8").splitlines()
    try:
        audit_id = space.open_sample(sample, "me").id
        assert space.wait(audit_id, SOON) is None
        (second,) = ended(space, drop(space, audit_id, {"feb.csv": "\n".join(lines[:900]).encode()}))
        first, record = space.record(audit_id), space.record(second.id)
        assert first is not None and record is not None
        assert record.provenance.model_sha256 == first.provenance.model_sha256
        passed[0] = UPLOADS_KEPT_SECONDS + 60
        space.sweep()
        march = "\n".join(lines[:700]).encode()
        with pytest.raises(DataError, match="Put it in again, together with the tables"):
            drop(space, audit_id, {"mar.csv": march})
        model = (io.BytesIO(sample.model.read_bytes()), "loans.pt2")
        (third,) = ended(space, space.batches.begin(audit_id, [(io.BytesIO(march), "mar.csv")], model))
        assert space.record(third.id) is not None
    finally:
        space.close()


def test_nothing_of_a_drop_outlives_its_day(tmp_path: Path) -> None:
    passed = [0.0]

    def later() -> Moment:
        moment = clock_now()
        return replace(moment, ticks=moment.ticks + passed[0], calendar=moment.calendar + passed[0])

    space = start(tmp_path / "root", now=later)
    try:
        first = space.run(profiled(space).id, PLAN).id
        taken_over(space, first)
        rows = [(*row, f"{MARK}-{i}") for i, row in enumerate(ROWS)]
        good, bad = csv_text(("g", "y", "s", "name"), rows), f"g,y,s\na,1,{MARK}\nb,0,0.5\n"
        begun = drop(space, first, {"feb.csv": good.encode(), "mar.csv": bad.encode()})
        ended(space, begun)
        assert found_in(tmp_path / "root"), "the marker is found where it stands"
        passed[0] = UPLOADS_KEPT_SECONDS + 60
        space.sweep()
        assert found_in(tmp_path / "root") == []
        assert space.record(begun.audits[0]) is not None, "counts stay"
    finally:
        space.close()


def test_what_a_period_is_called_is_kept(space: Workspace, first: str) -> None:
    assert space.batches.name_period(first, "  2026-03\n").period == "2026-03"
    assert space.get(first).period == "2026-03"
    assert space.batches.name_period(first, " ").period is None


def dated(months: int) -> bytes:
    """The people of the first audit once for each month of 2026."""
    rows = [(*row, f"2026-{number:02}-15") for number in range(1, months + 1) for row in ROWS]
    return csv_text(("g", "y", "s", "day"), rows).encode()


def test_a_table_of_several_months_is_cut_into_an_audit_for_each(space: Workspace) -> None:
    audit_id = space.put_table(space.new("me").id, io.BytesIO(dated(3)), "people.csv").id
    assert space.wait(audit_id, SOON) is None
    space.run(audit_id, PLAN)
    whole = taken_over(space, audit_id)
    begun = space.batches.cut(audit_id, "day")
    audits = ended(space, begun)
    records = [space.record(audit.id) for audit in audits]
    assert [record.counts.people for record in records if record] == [60, 60, 60]
    assert {record.plan.series_sha256 for record in records if record} == {whole.plan.series_sha256}
    assert [record.plan.data.keep[0].month for record in records if record] == ["2026-01", "2026-02", "2026-03"]
    assert space.batches.cut(audit_id, "day").audits == (), "each month is audited once"
    with pytest.raises(DataError, match="No months can be told by g"):
        space.batches.cut(audit_id, "g")
