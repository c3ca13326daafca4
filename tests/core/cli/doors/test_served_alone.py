"""An app for this machine alone, by HTTP and websocket: what a page elsewhere, or a name that points here, reaches."""

import secrets
from collections.abc import Iterator

import pytest

from tests.core.cli.doors.served import App, drawn, serving

pytestmark = pytest.mark.jobs
ENDPOINTS = [
    "/",
    "/history",
    "/_stcore/health",
    "/_stcore/script-health-check",
    "/_stcore/metrics",
    "/_stcore/host-config",
    "/_stcore/stream",
    "/_stcore/upload_file/session/file",
    "/media/0123456789.png",
    "/component/pages.components.session.plumbline_browser/index.html",
    "/static/js/index.js",
]
FOREIGN = [
    "evil.example",
    "evil.example:8501",
    "localhost.evil.example",
    "192.0.2.7:8501",
    "localhost@evil.example",
    "",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with serving(tmp_path_factory.mktemp("alone")) as app:
        yield app


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_foreign_name_reaches_nothing(app: App, path: str) -> None:
    for name in FOREIGN:
        answer = app.ask(path, Host=name)
        assert answer.status in (400, 421), name
        assert "evil" not in answer.text
    for method in ("PUT", "POST", "DELETE", "OPTIONS", "HEAD"):
        assert app.ask(path, method, b"", Host="evil.example").status == 421


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_page_elsewhere_reaches_nothing(app: App, path: str) -> None:
    for origin in ("http://evil.example", "null", "http://localhost:1", "https://localhost", "file://"):
        assert app.ask(path, Origin=origin).status == 403, origin


@pytest.mark.parametrize("path", ["/", "/history", "/fix?audit=0"])
def test_a_page_says_what_it_is_before_its_scripts_have_loaded(app: App, path: str) -> None:
    asked = {"Accept": "text/html,*/*;q=0.8", "Accept_Encoding": "gzip, br"}
    page = app.ask(path, **asked)
    assert page.status == 200 and "<title>Plumbline</title>" in page.text and "Opening the page." in page.text
    assert page.text.count('id="root"') == 1 and page.text.rstrip().endswith("</html>")
    again = app.ask(path, **asked, If_None_Match="*")
    assert again.status == 200 and again.text == page.text


def test_what_is_no_page_passes_as_it_is(app: App) -> None:
    for path in ("/_stcore/health", "/favicon.png"):
        assert "Opening the page." not in app.ask(path, Accept="text/html,*/*").text


def test_the_names_of_this_machine_are_served(app: App) -> None:
    for name in (f"localhost:{app.port}", f"127.0.0.1:{app.port}", f"[::1]:{app.port}", f"LOCALHOST:{app.port}"):
        assert app.ask("/", Host=name, Origin=f"http://{name.lower()}").status == 200


def test_no_window_opens_for_a_foreign_name_or_page(app: App) -> None:
    assert not app.refuses_window()
    assert app.refuses_window(Host="evil.example", Origin="http://evil.example")
    assert app.refuses_window(Origin="http://evil.example")
    assert app.refuses_window(Origin="http://localhost:1")


def test_no_other_site_frames_it_and_cookies_stay_here(app: App) -> None:
    for path in ("/", "/_stcore/health", "/media/none.png"):
        answer = app.ask(path)
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    for secure, proxied in ((False, {}), (True, {"X_Forwarded_Proto": "https"})):
        cookies = app.ask("/_stcore/health", **proxied).cookies
        assert cookies
        for cookie in cookies:
            assert "samesite=" in cookie.lower() and ("secure" in cookie.lower()) is secure


def test_an_upload_waits_on_disk(app: App) -> None:
    with app.window() as window:
        session = drawn(window)
        assert app.put(session, b"sex,hired\nf,1\n").status == 204
        before = app.resident_bytes()
        for _ in range(3):
            assert app.put(session, secrets.token_bytes(24 << 20)).status == 204
        assert app.resident_bytes() - before < 24 << 20, "72 MB were put in"


def test_an_upload_for_no_window_is_refused(app: App) -> None:
    assert app.put("no-such-session", b"x").status == 400


def test_one_visitor_puts_down_a_bounded_number_of_files(app: App) -> None:
    with app.window() as window:
        session = drawn(window)
        refused = [answer for answer in (app.put(session, b"x") for _ in range(25)) if answer.status != 204]
    assert refused and {answer.status for answer in refused} == {413}
    assert "Too many files" in refused[0].text
