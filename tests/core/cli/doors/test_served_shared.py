"""A shared app, by HTTP and websocket: what a visitor reaches before the join code, and after it."""

from collections.abc import Iterator

import pytest

from core.cli.doors.addresses import of_this_machine
from tests.core.cli.doors.served import CODE, App, drawn, serving
from tests.core.cli.doors.test_served_alone import ENDPOINTS

pytestmark = pytest.mark.jobs
PARTS = [path for path in ENDPOINTS if path.startswith(("/_", "/media", "/component", "/static"))]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("shared")
    with serving(home, "--share", PLUMBLINE_JOIN_CODE=CODE.lower(), PLUMBLINE_HOSTS="audit.example.org") as app:
        yield app


def passed(app: App) -> str:
    return app.join(CODE).cookies[0].split(";")[0]


@pytest.mark.parametrize("path", PARTS)
def test_no_part_of_the_app_is_reached_before_the_code(app: App, path: str) -> None:
    if path == "/_stcore/health":
        assert app.ask(path).text == "ok"
        return
    for method in ("GET", "PUT", "POST", "DELETE"):
        assert app.ask(path, method, b"x").status == 403, method
    forged = f"plumbline_door={'0' * 32}.{'0' * 64}"
    assert app.ask(path, Cookie=forged).status == 403


def test_no_window_and_no_upload_before_the_code(app: App) -> None:
    assert app.refuses_window()
    assert not app.refuses_window(Cookie=passed(app))
    before = app.resident_bytes()
    for _ in range(3):
        assert app.ask("/_stcore/upload_file/a/b", "PUT", bytes(8 << 20), Content_Type="x").status == 403
    assert app.resident_bytes() - before < 16 << 20


@pytest.mark.parametrize("path", ["/", "/history?audit=1", "/anything"])
def test_every_page_asks_for_the_code_first(app: App, path: str) -> None:
    answer = app.ask(path)
    assert answer.status == 403 and "Join code" in answer.text and "<script" not in answer.text


def test_the_code_opens_whatever_case_and_blanks_it_is_typed_in(app: App) -> None:
    answer = app.join(f" {CODE[:5].lower()}-{CODE[5:]} ", "/history?audit=1")
    assert answer.status == 303 and answer.headers["location"] == "/history?audit=1"
    cookie = answer.cookies[0].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert "secure" in app.join(CODE, X_Forwarded_Proto="https", Origin=f"https://{app.host}").cookies[0].lower()
    got_in = answer.cookies[0].split(";")[0]
    assert "Join code" not in app.ask("/history", Cookie=got_in).text
    assert app.join(CODE, Cookie=got_in).status == 303, "a form that was sent twice"
    with app.window(Cookie=got_in) as window:
        assert app.put(drawn(window), b"a,b\n1,2\n", Cookie=got_in).status == 204


def test_a_right_code_leads_nowhere_else(app: App) -> None:
    location = app.join(CODE, "//evil.example/x").headers["location"]
    assert location.startswith("/") and not location.startswith("//")


def test_a_page_elsewhere_cannot_send_the_code(app: App) -> None:
    assert app.join(CODE, Origin="http://evil.example").status == 403


def test_wrong_codes_slow_the_next_one_down(app: App) -> None:
    elsewhere = {"X_Forwarded_For": "198.51.100.7"}
    for _ in range(3):
        answer = app.join("ABCDEFGH24", **elsewhere)
        assert answer.status == 403 and "not the join code" in answer.text
    answer = app.join(CODE, **elsewhere)
    assert answer.status == 429 and int(answer.headers["retry-after"]) >= 1 and "Wait" in answer.text
    assert app.join(CODE, X_Forwarded_For="198.51.100.8").status == 303, "nobody else waits"


def test_what_is_no_form_is_refused(app: App) -> None:
    assert app.ask("/", "POST", b"code=" + bytes(1 << 20), Origin=f"http://{app.host}").status == 413


def test_the_printed_addresses_and_the_own_names_are_served(app: App) -> None:
    for name in (f"{of_this_machine()[0]}:{app.port}", "audit.example.org"):
        assert "Join code" in app.ask("/", Host=name).text
    assert app.ask("/", Host="evil.example").status == 421
    assert app.ask("/", Host="192.0.2.7").status == 421


def test_a_proxy_may_call_it_by_another_name(app: App) -> None:
    proxied = {"Origin": "https://audit.example.org", "Cookie": passed(app)}
    assert not app.refuses_window(**proxied)
    assert app.refuses_window(**proxied | {"Origin": "https://evil.example"})
