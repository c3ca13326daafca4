"""Nothing that a person put in is on disk after Delete, or after its day: a marker is searched for everywhere."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.jobs.supervisor import Supervisor
from core.plan.plan import Plan
from core.samples import SAMPLES
from core.store.disk.clock import Moment
from core.store.disk.clock import now as clock_now
from core.store.ledger.installation import key_folder, ledger_url
from core.store.ledger.ledger import Ledger
from core.store.workspace import UPLOADS_KEPT_SECONDS, Against, Workspace
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import SOON, until
from tests.worlds.marked import MARK, contents, found_in, holds, with_marks

pytestmark = pytest.mark.jobs


def plan_of(sample: str) -> Plan:
    return Plan.from_toml(SAMPLES[sample].plan.read_text(encoding="utf-8"))


def table_of(sample: str, rows: int) -> io.BytesIO:
    return io.BytesIO(with_marks(SAMPLES[sample].table.read_bytes(), rows))


def done(space: Workspace, audit_id: str) -> None:
    status = space.wait(audit_id, SOON)
    assert status is None and space.get(audit_id).problem is None, status or space.get(audit_id).problem


def fixed_and_explained(space: Workspace) -> str:
    """A table and a second one, their audit, fixes judged on the second, an explanation of two models and a person."""
    plan = plan_of("loans")
    audit = space.put_table(space.new("me").id, table_of("loans", 400), "people.csv").id
    done(space, audit)
    model = SAMPLES["loans"].model
    assert model is not None
    space.put_model(audit, io.BytesIO(model.read_bytes()), "loans.pt2")
    space.put_second(audit, table_of("loans", 300), "more.csv")
    done(space, audit)
    space.run(audit, plan)
    done(space, audit)
    space.mitigate(audit, replace(plan, mitigate=replace(plan.mitigate, evaluate="more.csv")), ("thresholds",), "no")
    done(space, audit)
    stricter = replace(plan, decision=replace(plan.decision, threshold=0.7))
    space.explain(
        audit, plan, "feature_ablation", 100, Against("stricter", stricter, model.read_bytes() + MARK.encode())
    )
    done(space, audit)
    found = space.explanation(audit)
    assert found is not None and found.changed
    space.explain_person(audit, found.changed[0].row)
    done(space, audit)
    assert space.person(audit) is not None and space.mitigation(audit) is not None
    return audit


def of_texts(space: Workspace) -> str:
    """A table of texts, each with the marker, and what a model of them looks at, which nobody collected."""
    plan, model = plan_of("comments"), SAMPLES["comments"].model
    assert model is not None
    lines = SAMPLES["comments"].table.read_text(encoding="utf-8").splitlines()
    cells = [line.split(",") for line in lines[1:] if line.count(",") == 3][:300]
    texts = "\n".join([lines[0], *(f"{c[0]},{c[1]} {MARK}{i},{c[2]},{c[3]}" for i, c in enumerate(cells))])
    audit = space.put_table(space.new("me").id, io.BytesIO(texts.encode()), "texts.csv").id
    done(space, audit)
    space.put_model(audit, io.BytesIO(model.read_bytes()), "comments.skops")
    space.explain(audit, plan, "feature_ablation", 100)
    return left_alone(space, audit)


def of_images(space: Workspace) -> str:
    """A table that names images, one of them after the marker, and a look at the model, which nobody collected."""
    plan, sample = plan_of("faces"), SAMPLES["faces"]
    assert sample.model is not None and sample.images is not None
    lines = sample.table.read_text(encoding="utf-8").splitlines()[:41]
    packed = io.BytesIO()
    with zipfile.ZipFile(sample.images) as images, zipfile.ZipFile(packed, "w") as mine:
        for line in lines[1:]:
            name = line.split(",")[0]
            mine.writestr(name.replace("D0001", MARK), images.read(name))
    audit = space.put_table(
        space.new("me").id, io.BytesIO("\n".join(lines).replace("D0001", MARK).encode()), "faces.csv"
    ).id
    done(space, audit)
    space.put_images(audit, packed, "faces.zip")
    space.put_model(audit, io.BytesIO(sample.model.read_bytes()), "faces.pt2")
    space.inspect(audit, plan)
    return left_alone(space, audit)


def broken(space: Workspace) -> str:
    """An audit that ended with a sentence which quotes a cell."""
    table = f"g,s\na,1\nb,2\na,{MARK}\nb,0\n".encode()
    audit = space.put_table(space.new("me").id, io.BytesIO(table), "broken.csv").id
    done(space, audit)
    question = '[data]\nfile = "t.csv"\n[decision]\nscore = "s"\nthreshold = 1\n[groups]\nsensitive = ["g"]\n'
    space.run(audit, Plan.from_toml(f"plumbline = 1\n{question}"))
    left_alone(space, audit)
    status = space.status(audit)
    assert status is not None and status.state == "failed", "a score that is no number is refused"
    return audit


def refused(space: Workspace) -> str:
    """A table that cannot be read at all."""
    audit = space.put_table(space.new("me").id, io.BytesIO(b"\x80\x04\x95" + MARK.encode() * 9), "refused.csv").id
    return left_alone(space, audit)


def never_looked_at(space: Workspace) -> str:
    """A table whose look nobody collected: the rows stand in the job's folder."""
    return left_alone(space, space.put_table(space.new("me").id, table_of("loans", 50), "left.csv").id)


def left_alone(space: Workspace, audit: str) -> str:
    """The audit, whose job has ended while nobody visited."""
    job = str(space.get(audit).job)
    until(lambda: space.jobs.status(job).ended)
    return audit


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("marked") / "root"
    space = Workspace(root, Supervisor(root, slots=1, warm=False))
    for put_in in (fixed_and_explained, of_texts, of_images, broken, refused, never_looked_at):
        put_in(space)
    space.close()
    return root


class Later:
    """The machine's clock, which the test moves on."""

    passed = 0.0

    def __call__(self) -> Moment:
        moment = clock_now()
        return replace(moment, ticks=moment.ticks + self.passed, calendar=moment.calendar + self.passed)


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def space(home: Path, tmp_path: Path, later: Later) -> Iterator[Workspace]:
    root = tmp_path / "root"
    shutil.copytree(home, root, symlinks=True)
    space = Workspace(root, Supervisor(root, slots=1, warm=False), now=later)
    yield space
    space.close()


def test_the_search_finds_what_is_there(space: Workspace, tmp_path: Path) -> None:
    found = found_in(tmp_path / "root")
    assert sum("uploads/" in where for where in found) >= 6
    for name in ("table.parquet", "profile.json", "model_after-"):
        assert any(name in where for where in found), name
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as mine:
        mine.writestr("a", MARK * 3)
    assert any(map(holds, contents(packed.getvalue())))


def test_after_its_day_nothing_is_left_and_what_was_found_is(space: Workspace, tmp_path: Path, later: Later) -> None:
    later.passed = UPLOADS_KEPT_SECONDS - 60
    space.sweep()
    assert found_in(tmp_path / "root"), "the day is not over"
    later.passed = UPLOADS_KEPT_SECONDS + 60
    space.sweep()
    assert found_in(tmp_path / "root") == []
    assert list((tmp_path / "root" / "jobs").iterdir()) == []
    audits = {audit.table.name: audit.id for audit in space.owned_by("me") if audit.table}
    people = audits["people.csv"]
    record, explained, fixes = space.record(people), space.explanation(people), space.mitigation(people)
    assert record is not None and record.counts.people == 400 and explained is not None and fixes is not None
    profile = space.profile(people)
    assert profile is not None and profile.rows == 400 and profile.head == ()
    assert {text for text, _ in profile.column("gender").values} == {"Woman", "Man", ""}
    assert profile.column("income").values == () and profile.column("income").low is None
    assert {text for text, _ in profile.column("repaid").values} == {"yes"}
    assert space.explanation(audits["texts.csv"]) is not None, "its job had found it, and nobody had come for it"
    assert space.status(audits["broken.csv"]) is None and "after a day" in str(space.get(audits["broken.csv"]).problem)
    later.passed += UPLOADS_KEPT_SECONDS
    space.sweep()
    assert space.record(people) is not None


def test_the_ledger_holds_no_cell_and_each_audit_once(home: Path, tmp_path: Path, later: Later) -> None:
    root = tmp_path / "root"
    shutil.copytree(home, root, symlinks=True)
    space = Workspace(root, Supervisor(root, slots=1, warm=False), now=later, ledger=ledger_url(root, {}))
    for audit in space.owned_by("me"):
        space.status(audit.id)
    space.ledger.settle()
    ledger = Ledger(ledger_url(root, {}), key_folder(root, {}))
    kept = ledger.named("record/")
    later.passed = UPLOADS_KEPT_SECONDS + 60
    space.sweep()
    space.ledger.settle()
    assert kept and ledger.named("record/") == kept and found_in(root) == []
    ledger.close()
    space.close()


def test_deleted_is_deleted(space: Workspace, tmp_path: Path) -> None:
    for audit in space.owned_by("me"):
        space.delete(audit.id)
    assert found_in(tmp_path / "root") == []
    left = sorted(path.name for path in (tmp_path / "root").rglob("*") if path.is_file())
    assert left == ["ages.json", "jobs.lock"]


def test_an_audit_that_cannot_be_read_is_deleted_with_all_that_it_names(space: Workspace, tmp_path: Path) -> None:
    for audit in space.owned_by("me"):
        (tmp_path / "root" / "audits" / audit.id / "state.json").write_text("")
        assert space.unreadable("me") == [audit.id]
        tables = {upload.digest for upload in (audit.table, audit.second) if upload is not None}
        space.delete(audit.id)
        if space.jobs.ids.isdisjoint({audit.job}) or audit.job is None:
            assert tables.isdisjoint(path.name for path in (tmp_path / "root" / "uploads").iterdir())
    space.tidy()
    assert found_in(tmp_path / "root") == []


def test_models_are_as_old_as_their_last_use(space: Workspace, later: Later) -> None:
    audit = next(audit for audit in space.owned_by("me") if audit.table and audit.table.name == "people.csv")
    later.passed = UPLOADS_KEPT_SECONDS - 60
    with holding_jobs():
        space.explain(audit.id, plan_of("loans"), "saliency", 100)
        space.cancel(audit.id)
    later.passed += UPLOADS_KEPT_SECONDS - 60
    space.sweep()
    assert space.has_rows(audit.id) and space.model_path(audit.id) is not None
