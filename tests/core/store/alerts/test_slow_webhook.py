"""A webhook that takes its time holds nobody up."""

from pathlib import Path

import pytest

from tests.core.store.alerts.test_webhook import sent
from tests.worlds.receivers import dripping_server, server_context


@pytest.mark.parametrize("is_secure", [False, True])
@pytest.mark.parametrize("answer", [b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_server_that_drips_its_answer_is_not_waited_for(
    is_secure: bool, answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time, and the answer never ends."""
    monkeypatch.setattr("core.store.alerts.webhook.ANSWER_SECONDS", 0.3)
    context = server_context(tmp_path) if is_secure else None
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    with dripping_server(context, answer) as port:
        told = sent(tmp_path, f"http{'s' * is_secure}://127.0.0.1:{port}/")
    assert told.problem == 'The webhook "ops" (127.0.0.1) could not be reached.'
