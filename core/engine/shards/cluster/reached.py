"""How a cluster is reached: one that is started on this machine, or a scheduler that knows us by our certificate."""

from __future__ import annotations

import logging
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engine.shards.cluster.engine import ClusterEngine
from core.engine.shards.engine import CountingWork, Engine, EngineMaker
from core.errors import JobError, PlanError

_NEEDS = '--on needs an extra: pip install --editable ".[cluster]", in the clone.'
_ANSWERS_SECONDS = 15.0


@dataclass(frozen=True)
class ClusterKeys:
    """PEM files: who signs the cluster's certificates, and our own certificate and key."""

    ca: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """What we show, and whom we believe: whoever that authority signed. Raises PlanError where a file is none."""
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            context.load_cert_chain(str(self.certificate), str(self.key))
        except (OSError, ssl.SSLError) as error:
            raise PlanError(f"The certificates for --on cannot be used ({error}). Check the three files.") from None
        context.check_hostname = False  # an address says nothing: the cluster's own authority signs nobody else
        return context


def on_this_machine(workers: int) -> EngineMaker:
    """Makes a cluster of so many workers on this machine, which talk over loopback alone, with keys of this run."""

    def made(work: CountingWork) -> Engine:
        distributed = required()
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # Others of this machine could send tasks to a scheduler without keys.
            security=distributed.Security.temporary(),
            dashboard_address="127.0.0.1:0",  # None would take port 8787, which another cluster may have
            worker_dashboard_address="127.0.0.1:0",
            memory_limit=None,
            local_directory=str(work.root),
            silence_logs=logging.CRITICAL,
        )
        client = distributed.Client(cluster)
        return ClusterEngine(work, client, workers, (client.close, cluster.close), sees_files=True)

    return made


def at_scheduler(address: str, host: str, port: int, keys: ClusterKeys) -> EngineMaker:
    """Makes an engine of the workers that a scheduler has, which is reached by TLS alone."""

    def made(work: CountingWork) -> Engine:
        distributed = required()
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        _refuse_unsafe(address, host, port, keys)
        security = distributed.Security(
            tls_ca_file=str(keys.ca),
            tls_client_cert=str(keys.certificate),
            tls_client_key=str(keys.key),
            require_encryption=True,
        )
        try:
            client = distributed.Client(address, security=security, timeout=_ANSWERS_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise JobError(f"The scheduler at {address} cannot be reached ({error}). Check it.") from None
        return ClusterEngine(work, client, None, (client.close,), sees_files=False)

    return made


def _refuse_unsafe(address: str, host: str, port: int, keys: ClusterKeys) -> None:
    """Raise JobError where there is no scheduler, or one without TLS, or of another authority than ours."""
    try:
        with (
            socket.create_connection((host, port), _ANSWERS_SECONDS) as plain,
            keys.context().wrap_socket(plain) as secured,
        ):
            secured.recv(1)  # where it does not believe our certificate, it says so now
    except ssl.SSLCertVerificationError:
        raise JobError(f"{address} shows a certificate that your authority did not sign. Check --tls-ca.") from None
    except TimeoutError:
        raise JobError(f"{address} does not answer in TLS. Start the scheduler with certificates.") from None
    except ssl.SSLError as error:
        if "ALERT" in str(error).upper():
            raise JobError(f"{address} does not believe your certificate. Check --tls-cert.") from None
        raise JobError(f"{address} does not answer in TLS. Start the scheduler with certificates.") from None
    except OSError as error:
        raise JobError(f"Nobody answers at {address} ({error.strerror or error}). Start a scheduler there.") from None


def required() -> Any:
    """The library. Raises PlanError that names the extra where it is not installed."""
    try:
        import distributed
    except ImportError:
        raise PlanError(_NEEDS) from None
    return distributed
