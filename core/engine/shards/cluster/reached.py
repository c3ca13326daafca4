"""How a cluster is reached: one that is started on this machine, or a scheduler that knows us by our certificate."""

from __future__ import annotations

import logging
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.engine.shards.asked import LOCAL
from core.engine.shards.cluster.engine import ClusterEngine
from core.engine.shards.cluster.keys import ClusterKeys
from core.engine.shards.engine import CountingWork, Engine, EngineMaker
from core.errors import JobError, PlanError

_NEEDS = 'A cluster needs the extra plumbline[cluster]: pip install --editable ".[cluster]", in the clone.'
_GUARD = 'In a script, call it under if __name__ == "__main__": the cluster\'s processes import the script.'
_ANSWERS_SECONDS = 15.0
# Dask gives each of them a level of its own.
_LOGGERS = ("distributed", "distributed.client", "distributed.gc")


@dataclass(frozen=True)
class SchedulerAddress:
    """Where a scheduler waits: its address as it was given, and the host and port in it."""

    text: str
    host: str
    port: int

    @classmethod
    def of(cls, text: str) -> SchedulerAddress:
        """The address that a text is. Raises PlanError for any without encryption, or that is none."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except (ValueError, AttributeError, TypeError):
            parts, host, port = None, None, None
        if parts is None or parts.scheme != "tls" or host is None or port is None or parts.path.strip("/"):
            raise PlanError(
                f"{text!r} names no cluster that is encrypted. Give tls://HOST:PORT, or {LOCAL!r} for this machine."
            )
        return cls(text, host, port)


def on_this_machine(workers: int) -> EngineMaker:
    """Makes a cluster of so many workers on this machine, which talk over loopback alone, with keys of this run."""

    def made(work: CountingWork) -> Engine:
        distributed = required()
        for last in (False, True):
            try:
                cluster = _started(distributed, workers, str(work.root))
                break
            except (OSError, RuntimeError, TimeoutError) as error:
                if last:  # once may be a worker that was killed as it came
                    raise JobError(
                        f"The cluster of this machine could not be started ({str(error).rstrip('.')}). {_GUARD}"
                    ) from None
        client = distributed.Client(cluster, set_as_default=False)
        return ClusterEngine(work, client, workers, (client.close, cluster.close), sees_files=True)

    return made


def _started(distributed: Any, workers: int, folder: str) -> Any:
    """A cluster of processes of this machine, whose workers write into a folder."""
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        # Others of this machine could send tasks to a scheduler without keys.
        security=distributed.Security.temporary(),
        dashboard_address="127.0.0.1:0",  # None would take port 8787, which another cluster may have
        worker_dashboard_address="127.0.0.1:0",
        memory_limit=None,
        local_directory=folder,
        silence_logs=logging.CRITICAL,
    )


def at_scheduler(address: SchedulerAddress, keys: ClusterKeys) -> EngineMaker:
    """Makes an engine of the workers that a scheduler has, which is reached by TLS alone."""

    def made(work: CountingWork) -> Engine:
        distributed = required()
        _refuse_unsafe(address, keys)
        security = distributed.Security(
            tls_ca_file=str(keys.ca),
            tls_client_cert=str(keys.certificate),
            tls_client_key=str(keys.key),
            require_encryption=True,
        )
        try:
            client = distributed.Client(address.text, security=security, timeout=_ANSWERS_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise JobError(f"The scheduler at {address.text} cannot be reached ({error}). Check it.") from None
        return ClusterEngine(work, client, None, (client.close,), sees_files=False)

    return made


def _refuse_unsafe(address: SchedulerAddress, keys: ClusterKeys) -> None:
    """Raise JobError where there is no scheduler, or one without TLS, or of another authority than ours."""
    where = address.text
    try:
        with (
            socket.create_connection((address.host, address.port), _ANSWERS_SECONDS) as plain,
            _context(keys).wrap_socket(plain) as secured,
        ):
            secured.recv(1)  # where it does not believe our certificate, it says so now
    except ssl.SSLCertVerificationError:
        raise JobError(f"{where} shows a certificate that your authority did not sign. Check its PEM file.") from None
    except TimeoutError:
        raise JobError(f"{where} does not answer in TLS. Start the scheduler with certificates.") from None
    except ssl.SSLError as error:
        if "ALERT" in str(error).upper():
            raise JobError(f"{where} does not believe your certificate. Check its PEM file.") from None
        raise JobError(f"{where} does not answer in TLS. Start the scheduler with certificates.") from None
    except OSError as error:
        raise JobError(f"Nobody answers at {where} ({error.strerror or error}). Start a scheduler there.") from None


def _context(keys: ClusterKeys) -> ssl.SSLContext:
    """What we show, and whom we believe: whoever that authority signed. Raises PlanError where a file is none."""
    try:
        context = ssl.create_default_context(cafile=str(keys.ca))
        context.load_cert_chain(str(keys.certificate), str(keys.key))
    except (OSError, ssl.SSLError) as error:
        raise PlanError(f"The certificates of the cluster cannot be used ({error}). Check the three files.") from None
    context.check_hostname = False  # an address says nothing: the cluster's own authority signs nobody else
    return context


def required() -> Any:
    """The library, told to be quiet: what matters is said in words.

    Raises PlanError that names the extra where it is not installed.
    """
    try:
        import distributed
    except ImportError:
        raise PlanError(_NEEDS) from None
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed
