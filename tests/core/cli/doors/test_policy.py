"""Who may reach the app, by the environment; codes that can be guessed; and which names are served."""

import pytest

from core.cli.doors import join_code
from core.cli.doors.host_names import Hosts
from core.cli.doors.policy import DoorPolicy, is_own
from core.errors import PlumblineError

CODE = "ABCDEFGH23"


def test_a_container_asks_for_a_code_unless_told_otherwise() -> None:
    assert DoorPolicy.of({"PLUMBLINE_CONTAINER": "1"}).shared
    opened = DoorPolicy.of({"PLUMBLINE_CONTAINER": "1", "PLUMBLINE_DOOR": "open"})
    assert not opened.shared
    opened.refuse_open("0.0.0.0")
    with pytest.raises(PlumblineError, match="PLUMBLINE_DOOR"):
        DoorPolicy.of({"PLUMBLINE_CONTAINER": "1", "PLUMBLINE_DOOR": "yes"})


def test_elsewhere_an_open_door_opens_no_foreign_address() -> None:
    for environment in ({}, {"PLUMBLINE_DOOR": "open"}):
        with pytest.raises(PlumblineError, match="--share"):
            DoorPolicy.of(environment).refuse_open("0.0.0.0")


@pytest.mark.parametrize(
    ("address", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)]
    + [("192.168.1.2", False), ("box.local", False)],
)
def test_which_addresses_only_this_machine_reaches(address: str, own: bool) -> None:
    assert is_own(address) is own


@pytest.mark.parametrize("code", ["", "ABC", "abcdefg", "123456789012", "ABCDEFGHI", "AAAAAAAAAAAA", "ABCABCABCABC"])
def test_a_code_that_can_be_guessed_is_refused(code: str) -> None:
    with pytest.raises(PlumblineError, match="leave it out"):
        join_code.checked(code)


@pytest.mark.parametrize("code", ["Übergröße99", "ABCDEFGH23<b>", "code=1234567890"])
def test_a_code_that_is_not_typed_everywhere_is_refused(code: str) -> None:
    with pytest.raises(PlumblineError, match="other than letters and digits"):
        join_code.checked(code)


@pytest.mark.parametrize("code", ["k7h2m9qx", "Correct-Horse-Battery", "4071 5526 9938 1", CODE])
def test_a_code_that_holds_is_taken_without_case_and_blanks(code: str) -> None:
    assert join_code.checked(code) == code.replace("-", "").replace(" ", "").upper()


def test_a_code_that_is_made_here_holds_and_is_never_the_same() -> None:
    codes = {join_code.made() for _ in range(50)}
    assert len(codes) == 50 and all(join_code.checked(code) == code for code in codes)


def test_names_are_read_as_browsers_send_them() -> None:
    hosts = Hosts.of(["192.168.1.7"], ["Audit.Example.org."])
    served = ["localhost", "LOCALHOST:80", "127.0.0.1:8501", "[::1]:8501", "192.168.1.7:8501", "audit.example.org"]
    assert all(map(hosts.serves, [*served, "audit.example.org.:443"]))
    refused = [
        None,
        "",
        " ",
        "localhost:",
        "localhost:99999",
        "a@localhost",
        "localhost/x",
        "localhost evil",
        "192.168.1.8",
    ]
    assert not any(map(hosts.serves, refused))


def test_a_bare_address_is_served_where_the_container_cannot_know_its_own() -> None:
    hosts = DoorPolicy.of({"PLUMBLINE_CONTAINER": "1", "PLUMBLINE_JOIN_CODE": CODE}).hosts(["172.17.0.2"])
    assert hosts.serves("192.168.1.8:8501") and hosts.serves("[2001:db8::1]:8501")
    assert not hosts.serves("evil.example:8501")
    opened = DoorPolicy.of({"PLUMBLINE_CONTAINER": "1", "PLUMBLINE_DOOR": "open"}).hosts(["172.17.0.2"])
    assert opened.serves("localhost:8501") and not opened.serves("192.168.1.8:8501")


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "trusted"),
    [
        (None, "localhost:8501", "http", True),
        ("http://localhost:8501", "localhost:8501", "http", True),
        ("http://localhost", "localhost:80", "http", True),
        ("https://audit.example.org", "audit.example.org", "https", True),
        ("https://audit.example.org", "127.0.0.1:8501", "http", True),
        ("http://localhost:3000", "localhost:8501", "http", False),
        ("http://127.0.0.1:8501", "localhost:8501", "http", False),
        ("http://evil.example", "localhost:8501", "http", False),
        ("null", "localhost:8501", "http", False),
        ("ftp://localhost:8501", "localhost:8501", "http", False),
        ("http://localhost:8501@evil.example", "localhost:8501", "http", False),
        ("http://[evil", "localhost:8501", "http", False),
    ],
)
def test_which_pages_may_ask(origin: str | None, host: str, scheme: str, trusted: bool) -> None:
    assert Hosts.of(own=["audit.example.org"]).trusts(origin, host, scheme) is trusted
