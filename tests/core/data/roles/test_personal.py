"""Which columns are taken for names, birth dates, addresses, mail addresses and phone numbers, and which are not."""

import pytest

from core.data.profile import Profile
from core.data.roles.personal import MASK, masked, personal_columns
from tests.worlds.table_looks import Look
from tests.worlds.table_looks import look as look

_FIRST = ("Anna", "Bela", "Carl", "Dora", "Emil", "Fatima", "Georg", "Hanna", "Ines", "Jörg", "Klara", "Leyla")
_LAST = ("Adler", "Becker", "Çelik", "Dürr", "Ebert", "Fuchs", "Groß", "Huber", "Ilić", "Jansen", "Kern", "Lang")
_PEOPLE = range(48)


def _cells(kind: str) -> list[str]:
    """48 cells of a kind."""
    made = {
        "name": lambda i: f"{_FIRST[i % 12]} {_LAST[(i // 12 + i) % 12]}",
        "first": lambda i: _FIRST[i % 12],
        "iso date": lambda i: f"19{50 + i}-0{1 + i % 9}-1{i % 9}",
        "german date": lambda i: f"1{i % 9}.0{1 + i % 9}.19{50 + i}",
        "street": lambda i: f"Lindenstraße {i + 1}",
        "house": lambda i: f"{i + 1} Oak Street",
        "mail": lambda i: f"person{i}@example.org",
        "german phone": lambda i: f"0711/{100000 + 37 * i}",
        "phone": lambda i: f"+1 202 555 {1000 + i}",
        "number": lambda i: str(1000 + 37 * i),
        "yes": lambda i: ("yes", "no")[i % 2],
        "year": lambda i: str(1940 + i),
        "city": lambda i: ("New York", "Los Angeles", "Stuttgart", "Berlin")[i % 4],
        "remark": lambda i: f"this is remark number {i} and it names nobody",
        "file": lambda i: f"photo_{i}.png",
    }[kind]
    return [made(i) for i in _PEOPLE]


def _profile(look: Look, **columns: str) -> Profile:
    """The look at a table whose headers hold such cells, beside a column of numbers."""
    cells = [_cells(kind) for kind in (*columns.values(), "number")]
    lines = [[*columns, "other"], *zip(*cells, strict=True)]
    return look("\n".join(",".join(line) for line in lines).encode())[0]


@pytest.mark.parametrize(
    ("header", "kind", "like"),
    [
        ("name", "name", "a name"),
        ("Nachname", "first", "a name"),
        ("first_name", "first", "a name"),
        ("kundenname", "name", "a name"),
        ("k1", "name", "a name"),
        ("dob", "iso date", "a birth date"),
        ("Geburtsdatum", "german date", "a birth date"),
        ("date_of_birth", "iso date", "a birth date"),
        ("Straße", "street", "an address"),
        ("Anschrift", "street", "an address"),
        ("address", "house", "an address"),
        ("k2", "house", "an address"),
        ("E-Mail", "mail", "a mail address"),
        ("contact", "mail", "a mail address"),
        ("Telefonnummer", "german phone", "a phone number"),
        ("phone", "number", "a phone number"),
        ("reach", "phone", "a phone number"),
    ],
)
def test_it_is_known_by_its_header_or_its_cells(look: Look, header: str, kind: str, like: str) -> None:
    assert personal_columns(_profile(look, **{header: kind})) == {header: like}


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("telephone", "yes"),
        ("birth_year", "year"),
        ("birth_weight", "number"),
        ("application_date", "iso date"),
        ("city", "city"),
        ("comment", "remark"),
        ("filename", "file"),
        ("income", "number"),
        ("sex", "yes"),
        ("name_of_product", "remark"),
    ],
)
def test_what_names_nobody_is_shown(look: Look, header: str, kind: str) -> None:
    assert personal_columns(_profile(look, **{header: kind})) == {}


def test_first_and_last_are_names_only_beside_each_other(look: Look) -> None:
    assert personal_columns(_profile(look, first="first", last="first")) == {"first": "a name", "last": "a name"}
    assert personal_columns(_profile(look, first="first")) == {}


def test_a_mask_tells_neither_the_text_nor_its_length_and_leaves_empty_cells_empty() -> None:
    assert masked("Anna") == masked("Maximilian Mustermann") == MASK
    assert masked("") == "" and masked(" ") == " "
