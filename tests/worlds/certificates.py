"""Certificates of a cluster, as an authority of its own signs them."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificates:
    ca: Path
    certificate: Path
    key: Path

    @property
    def options(self) -> list[str]:
        return ["--tls-ca", str(self.ca), "--tls-cert", str(self.certificate), "--tls-key", str(self.key)]


def certificates(folder: Path) -> Certificates:
    """An authority, and one certificate that it signed for whoever belongs to the cluster."""
    folder.mkdir()
    made = Certificates(folder / "ca.pem", folder / "certificate.pem", folder / "key.pem")
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    made.ca.write_bytes(_signed("authority", authority, authority, is_authority=True))
    made.certificate.write_bytes(_signed("host", key, authority, is_authority=False))
    made.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


def _signed(
    name: str, key: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey, is_authority: bool
) -> bytes:
    now = datetime.datetime.now(datetime.UTC)
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, "authority"))
    built = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    return built.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
