"""What a page, a report or an annex says of evidence: words by strength, the short code, the steps by hand."""

from __future__ import annotations

import base64
from datetime import datetime

from core.record.evidence.receipt import RECEIPT_FILE
from core.record.evidence.statement import PAYLOAD_TYPE
from core.record.evidence.verification import Strength

_CODE_LETTERS, _CODE_BLOCK = 16, 4


def short_code(leaf: bytes) -> str:
    """16 letters and digits, in blocks of 4, of an entry of a ledger: the beginning of its leaf's hash (80 bits)."""
    letters = base64.b32encode(leaf[: _CODE_LETTERS * 5 // 8]).decode()
    return "-".join(letters[start : start + _CODE_BLOCK] for start in range(0, _CODE_LETTERS, _CODE_BLOCK))


def badge_words(strength: Strength, moment: datetime | None = None) -> str:
    """What a badge says: which strength of evidence holds; `moment` (UTC) is what a time authority attests.

    A seal is the installation's, made by a machine; who signs as a person stands elsewhere.
    """
    if strength == "dated" and moment is not None:
        return f"Existed on {moment:%-d %B %Y}"
    return {"changed": "Does not hold", "unchanged": "Unchanged since"}.get(
        strength, "Sealed: signed by this installation"
    )


def openssl_steps(report: str = "report.html") -> str:
    """The steps that check a receipt and one of its files with a shell and OpenSSL 3 alone, as lines to type.

    They need the receipt and the file in the working folder, write a few files there, and end with status 0 where all
    holds.
    """
    return f"""\
# 1. Take the statement, its signature and the public key out of the receipt.
sed -n 's/.*"payload": "\\([^"]*\\)".*/\\1/p' {RECEIPT_FILE} | openssl base64 -d -A > statement.json
sed -n 's/.*"sig": "\\([^"]*\\)".*/\\1/p' {RECEIPT_FILE} | openssl base64 -d -A > signature.bin
printf '%b' "$(sed -n 's/.*"pem": "\\([^"]*\\)".*/\\1/p' {RECEIPT_FILE} | head -n 1)" > key.pem
# 2. Put what was signed together: a line of lengths, then the statement.
printf 'DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} %d ' $(wc -c < statement.json) > signed.bin
cat statement.json >> signed.bin
# 3. Check the signature.
openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed.bin -sigfile signature.bin || exit 1
# 4. Look for the file's digest in the statement.
digest=$(openssl dgst -sha256 -r '{report}' | cut -d ' ' -f 1)
grep -q "\\"sha256\\":\\"$digest\\"" statement.json && echo '{report} is unchanged'
"""
