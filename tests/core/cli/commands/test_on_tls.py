"""`plumbline audit --on tls://`: a scheduler that is reached by TLS alone, with certificates on both sides."""

import logging
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest

from core import ClusterKeys, Plan, audit
from core.cli import main
from core.engine.shards import shard
from tests.core.cli.commands.test_workers import results
from tests.core.test_api import numbers
from tests.worlds.certificates import Certificates, certificates
from tests.worlds.clusters import cluster_here
from tests.worlds.loan_files import put_loans

pytestmark = [pytest.mark.jobs, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan about 800 people, whose table has parts of 200 rows."""
    monkeypatch.setattr(shard, "SHARD_ROWS", 200)
    return put_loans(tmp_path, 120) / "plan.toml"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """The certificates of the cluster."""
    return certificates(tmp_path_factory.mktemp("cluster") / "keys")


@pytest.fixture(scope="module")
def address(keys: Certificates) -> Iterator[str]:
    """Where a scheduler with certificates is, which has two workers of two threads."""
    certificate, key = str(keys.certificate), str(keys.key)
    security = distributed.Security(
        tls_ca_file=str(keys.ca),
        **{f"tls_{role}_cert": certificate for role in ("scheduler", "worker", "client")},
        **{f"tls_{role}_key": key for role in ("scheduler", "worker", "client")},
        require_encryption=True,
    )
    with cluster_here(security, 2, threads=2) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_with_certificates_counts_the_files_that_it_is_sent(
    plan: Path, keys: Certificates, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = plan.parent / "out"
    assert main(["audit", str(plan), "--on", address, *keys.options, "--out", str(out)]) == 0
    assert capsys.readouterr().out.endswith(f"\nCounted in 4 parts on the cluster at {address}.\n")
    for told in ("distributed", "distributed.client"):  # Dask would tell of each connection that breaks, at length
        assert not logging.getLogger(told).isEnabledFor(logging.ERROR)
    assert main(["audit", str(plan), "--out", str(plan.parent / "whole")]) == 0
    assert results(out) == results(plan.parent / "whole")
    asked = Plan.load(plan)
    files = ClusterKeys(ca=keys.ca, certificate=keys.certificate, key=keys.key)
    assert numbers(audit(asked, on=address, keys=files)) == numbers(audit(asked))


def test_who_is_not_of_the_cluster_is_refused_on_both_sides(
    plan: Path, keys: Certificates, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    others = certificates(plan.parent / "others")
    stranger = ["--tls-ca", str(keys.ca), *others.options[2:]]
    for options, words in ((others.options, "did not sign"), (stranger, "does not believe your certificate")):
        assert main(["audit", str(plan), "--on", address, *options]) == 2
        assert words in capsys.readouterr().err
    host, port = address.removeprefix("tls://").split(":")
    without = ssl.create_default_context(cafile=str(keys.ca))
    without.check_hostname = False
    with (
        pytest.raises(ssl.SSLError),
        socket.create_connection((host, int(port))) as plain,
        without.wrap_socket(plain) as secured,
    ):
        secured.recv(1)


def test_a_scheduler_without_tls_is_refused(plan: Path, keys: Certificates, capsys: pytest.CaptureFixture[str]) -> None:
    with cluster_here(None, 0) as cluster:
        bare = cluster.scheduler_address.replace("tcp", "tls")
        assert main(["audit", str(plan), "--on", bare, *keys.options]) == 2
    assert "does not answer in TLS" in capsys.readouterr().err


@pytest.mark.parametrize("lacking", [0, 2, 4])
def test_each_certificate_is_needed(
    plan: Path, keys: Certificates, lacking: int, capsys: pytest.CaptureFixture[str]
) -> None:
    options = keys.options
    given = options[:lacking] + options[lacking + 2 :]
    assert main(["audit", str(plan), "--on", "tls://10.0.0.1:8786", *given]) == 2
    assert options[lacking] in capsys.readouterr().err
