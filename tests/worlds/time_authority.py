"""A time authority of the test's own (RFC 3161), by OpenSSL: what a machine with a network would ask elsewhere."""

import subprocess
from pathlib import Path

_CONFIG = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
clock_precision_digits = 0
"""


class TimeAuthority:
    """It answers requests; `chain` is the PEM of its certificates, its own first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        (folder / "serial").write_text("01\n")
        (folder / "ts.cnf").write_text(_CONFIG.format(folder=folder))
        (folder / "ext.cnf").write_text("extendedKeyUsage=critical,timeStamping\n")
        key = "-newkey rsa:2048 -nodes -keyout"
        self._openssl(f"req -x509 {key} ca.key -out ca.pem -days 3650 -subj /CN=TestRoot")
        self._openssl(f"req {key} own.key -out own.csr -subj /CN=TestTime")
        self._openssl(
            "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 3650 -extfile ext.cnf -out own.pem"
        )

    @property
    def chain(self) -> str:
        return (self.folder / "own.pem").read_text() + (self.folder / "ca.pem").read_text()

    def answer(self, request: bytes) -> bytes:
        """What it says to a request (DER)."""
        (self.folder / "request.tsq").write_bytes(request)
        self._openssl("ts -reply -config ts.cnf -queryfile request.tsq -signer own.pem -inkey own.key -out answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()

    def _openssl(self, arguments: str) -> None:
        subprocess.run(["openssl", *arguments.split()], cwd=self.folder, check=True, capture_output=True)
