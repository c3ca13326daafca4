"""Tables at addresses: listed and copied from a real S3 server on loopback, counted as if they lay here."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import Plan, audit
from core.cli import main
from core.errors import DataError
from tests.worlds.s3_server import S3Server, s3_server

HEADER = "gender,repaid,number\n"
LINES = [f"{'female' if k % 3 else 'male'},{'yes' if k % 4 else 'no'},{k}\n" for k in range(2_000)]
FIRST, SECOND = ((HEADER + "".join(lines)).encode() for lines in (LINES[:900], LINES[900:]))
ASKED = """
plumbline = 1
[data]
file = "s3://bucket/loans"
[decision]
prediction = "repaid"
favourable = "yes"
[groups]
sensitive = ["gender"]
"""
OBJECTS = {
    "loans/part-9.csv": FIRST,
    "loans/part-10.csv": SECOND,
    "loans/_SUCCESS": b"",
    "loans/.hidden.csv": b"x",
    "years/year=2026/a b#%1.csv": FIRST,
    "years/year=2026/notes.txt": b"no table",
    "packed/loans.csv.gz": gzip.compress(FIRST + SECOND.removeprefix(HEADER.encode()), mtime=0),
    "delta/_delta_log/0.json": b"{}",
    "delta/a.csv": FIRST,
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with s3_server(dict(OBJECTS)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden-secret")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield server


@pytest.fixture
def plan() -> Plan:
    return Plan.from_toml(ASKED)


@pytest.mark.parametrize("named", ["loans", "loans/", "loans/part-*.csv", "**/part-*.csv"])
def test_a_folder_or_pattern_is_counted_as_the_same_files_here(
    server: S3Server, plan: Plan, tmp_path: Path, named: str
) -> None:
    for name in ("part-9.csv", "part-10.csv"):
        (tmp_path / name).write_bytes(OBJECTS[f"loans/{name}"])
    here, far = audit(plan, tmp_path), audit(plan, f"s3://bucket/{named}")
    assert (far.counts.n == here.counts.n).all() and far.counts.people == len(LINES)
    if not named.startswith("**"):
        assert far.provenance.data_sha256 == here.provenance.data_sha256


def test_a_folder_gives_a_column_and_a_name_is_taken_as_it_is(server: S3Server, plan: Plan) -> None:
    assert audit(plan, "s3://bucket/years/*/*.csv").counts.people == 900
    assert audit(plan, "s3://bucket/years/year=2026/a b#%1.csv").counts.people == 900
    with pytest.raises(DataError, match="notes"):
        audit(plan, "s3://bucket/years")


def test_a_packed_file_is_copied_as_it_is(server: S3Server, plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "loans.csv.gz").write_bytes(OBJECTS["packed/loans.csv.gz"])
    here, far = audit(plan, tmp_path / "loans.csv.gz"), audit(plan, "s3://bucket/packed/loans.csv.gz")
    assert far.provenance.data_sha256 == here.provenance.data_sha256 and far.counts.people == len(LINES)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("s3://bucket/nothing.csv", "s3://bucket/nothing.csv: there is nothing of that name"),
        ("s3://other/loans", "there is nothing of that name"),
        ("s3://bucket/loans/*.parquet", "names no file"),
        ("s3://bucket/delta", "is a Delta table"),
        ("ftp://host/loans.csv", '"ftp://" is not read'),
        ("hdfs://host:1/loans", "hdfs://host:1/loans: "),
        ("s3://", "names no bucket"),
    ],
)
def test_what_cannot_be_read_is_said(server: S3Server, plan: Plan, named: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        audit(plan, named)


@pytest.mark.parametrize(
    "named",
    [
        "s3://me:hidden-secret@bucket/loans",
        "s3://hidden-secret@bucket/loans",
        "abfs://box:hidden-secret@account.dfs.core.windows.net/loans",
        "abfs://box@account.dfs.core.windows.net/loans?client_secret=hidden-secret",
    ],
)
def test_an_address_with_a_key_is_refused_and_not_repeated(plan: Plan, named: str) -> None:
    with pytest.raises(DataError, match="Leave (it|them) out. Give credentials by A") as refused:
        audit(plan, named)
    assert "hidden-secret" not in str(refused.value)


def test_refused_credentials_are_named_by_their_variables(server: S3Server, plan: Plan) -> None:
    server.denies = True
    with pytest.raises(DataError, match="access is denied.* AWS_ACCESS_KEY_ID") as refused:
        audit(plan, "s3://bucket/loans")
    assert "hidden-secret" not in str(refused.value)


def test_a_file_that_changes_while_it_is_copied_is_refused(server: S3Server, plan: Plan) -> None:
    server.grows = "loans/part-10.csv"
    with pytest.raises(DataError, match=r"part-10\.csv changed while it was being copied"):
        audit(plan, "s3://bucket/loans")


def test_a_disk_without_room_is_said_before_anything_is_copied(
    server: S3Server, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(2, 1, 1))  # type: ignore[attr-defined]
    with pytest.raises(DataError, match=r"holds 0\.0 MB, and .* has room for 0\.0 MB"):
        audit(plan, "s3://bucket/loans")


def test_addresses_and_paths_do_not_mix(server: S3Server, plan: Plan) -> None:
    with pytest.raises(DataError, match="only paths or only addresses"):
        audit(plan, ["loans.csv", "s3://bucket/loans"])


@pytest.mark.jobs
def test_a_command_reads_what_its_plan_names_and_a_strangers_plan_may_not(
    server: S3Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(ASKED)
    assert main(["audit", str(path), "--out", str(tmp_path / "out")]) == 0
    written = (tmp_path / "out" / "record.json").read_text()
    assert "s3://bucket/loans" in written and "hidden-secret" not in written
    assert json.loads(written)["counts"]["n"]
    capsys.readouterr()
    assert main(["audit", str(path), "--out", str(tmp_path / "out"), "--inside"]) == 2
    assert "[data] file is an address, which --inside forbids" in capsys.readouterr().err
