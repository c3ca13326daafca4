"""The word of a time authority (RFC 3161): the request, carried by hand to a machine with a network, and the answer."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from core.errors import DataError
from core.record.evidence.receipt import TimeToken

_REFUSED = "The answer of the time authority does not hold for this checkpoint"


def time_request(note: str) -> bytes:
    """The request (DER) that a time authority answers: the digest of a signed checkpoint, and nothing else of it."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes()


def attested(token: TimeToken, note: str) -> tuple[datetime, str]:
    """The moment (UTC) at which an authority saw the checkpoint, and what the authority is called.

    The first of its certificates is the authority's own. Raises DataError where the token is not of this checkpoint, or
    another certificate signed it.
    """
    from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        response = decode_timestamp_response(token.response)
        chain = load_pem_x509_certificates(token.authority.encode())
        held = {load_der_x509_certificate(each) for each in response.signed_data.certificates}
        if chain[0] not in held or len({(each.issuer, each.serial_number) for each in held}) < len(held):
            raise DataError(f"{_REFUSED}: the authority's own certificate must be the first, and stand in the answer.")
        builder = VerifierBuilder().tsa_certificate(chain[0])
        for certificate in chain:
            builder = builder.add_root_certificate(certificate)
        builder.build().verify(response, hashlib.sha256(note.encode()).digest())
    except (ValueError, VerificationError) as problem:
        raise DataError(f"{_REFUSED} ({problem}).") from None
    return response.tst_info.gen_time.astimezone(UTC), chain[0].subject.rfc4514_string()
