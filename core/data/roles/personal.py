"""Columns that tell who somebody is: names, birth dates, addresses, mail addresses and phone numbers.

They are recognised by their header, by their cells, or by both, so that nobody sees them who did not ask. A column that
is taken for one by mistake costs a click; one that is missed shows a name. First cells and frequent ones are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.data.profile import Column, Profile
from core.data.roles.suggestions import filled
from core.data.roles.vocabulary import words

# What stands in place of a hidden cell: of one length, so that it tells nothing.
MASK = "•••••"
# Of the cells that are looked at, so many must read alike; of those of an ordinary table's column, so few are no names.
_MOST_OF = 0.7
_FEW = 10
_LOOKED_AT = 200

_MONTH = r"(jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|se[pt]|o[ck]t|nov|de[cz])[a-zäé]*\.?"
_DATE = re.compile(
    rf"\d{{1,4}}[-./ ]\d{{1,2}}[-./ ]\d{{1,4}}([ t]\d.*)?|\d{{1,2}}\.? {_MONTH},? \d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}},? \d{{2,4}}|(19|20)\d{{6}}",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_PHONE = re.compile(
    r"(\+|00)\d[\d\s()/.-]{6,}|0\d{2,5}\s?[\s/-]\s?\d[\d\s-]{3,}|\(\d{2,5}\)\s?\d[\d\s-]{4,}|\d{3}-\d{3}-\d{4}"
)
_STREET = re.compile(
    r"\S.*(str\.|stra(ss|ß)e|weg|platz|allee|gasse|ring|ufer|damm) ?\d+ ?[a-z]?\b.*"
    r"|\d+[a-z]?,? .*\b(street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|way|rue|calle|via)\b.*",
    re.IGNORECASE,
)
_NAME = re.compile(r"([A-ZÄÖÜÉ][\w'’.-]*,? ){1,3}[A-ZÄÖÜÉ][\w'’-]+")


@dataclass(frozen=True)
class _Trait:
    """A kind of column: words of a header, beginnings of words, how its cells look, and whether looks alone suffice."""

    reads_like: str
    words: frozenset[str]
    stems: tuple[str, ...]
    looks: Callable[[str], bool]
    by_cells_alone: bool = False
    by_header_alone: bool = True


def _listed(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


_TRAITS = (
    _Trait(
        "a mail address",
        frozenset({"email", "mail", "courriel", "correo"}),
        ("email", "mailadr"),
        _matches(_MAIL),
        by_cells_alone=True,
    ),
    _Trait(
        "a phone number",
        frozenset({"phone", "telephone", "tel", "mobile", "mobil", "handy", "cell", "fax", "telefono"}),
        ("telefon", "phone", "rufnummer", "handynummer", "mobilnummer"),
        _matches(_PHONE),
        by_cells_alone=True,
    ),
    _Trait(
        "a birth date",
        frozenset({"dob", "birth", "birthdate", "birthday", "born", "geboren", "geburt", "naissance", "nacimiento"}),
        ("geburtsdat", "geburtstag", "gebdat", "birthd"),
        _matches(_DATE),
        by_header_alone=False,
    ),
    _Trait(
        "an address",
        frozenset({"address", "addresses", "addr", "street", "anschrift", "indirizzo", "direccion"}),
        ("adress", "strasse", "anschrift"),
        _matches(_STREET),
        by_cells_alone=True,
    ),
    _Trait(
        "a name",
        frozenset({"name", "names", "fullname", "nom", "prenom", "nombre", "apellido", "apellidos", "cognome"}),
        ("vorname", "nachname", "familienname", "surname", "firstname", "lastname", "fullname", "forename", "username"),
        _matches(_NAME),
    ),
)
# Of a column called "first" there is a name in it only where another is called "last".
_HALVES = ({"first"}, {"last"})
# What has a name and is nobody.
_NOBODYS = _listed(
    "file filename column variable product item course school company firm bank brand store shop city town region "
    "country state county street model image photo group class category charge job project event place station "
    "datei produkt artikel firma schule kurs stadt ort land gruppe marke"
)


def personal_columns(profile: Profile) -> dict[str, str]:
    """The columns whose cells tell who somebody is, each with what it reads like, such as "a name"."""
    halves = {column.name for column in profile.columns if words(column.name) in _HALVES}
    found = {}
    for place, column in enumerate(profile.columns):
        cells = ([row[place].strip() for row in profile.head if row[place].strip()] + filled(column))[:_LOOKED_AT]
        header = words(column.name.replace("ß", "ss"))
        if not cells or not _tells_people_apart(column, profile.rows):
            continue
        if len(halves) == len(_HALVES) and column.name in halves:
            found[column.name] = "a name"
            continue
        like = next((trait.reads_like for trait in _TRAITS if _is(trait, column, header, cells)), None)
        if like is not None:
            found[column.name] = like
    return found


def masked(text: str) -> str:
    """What is shown in place of a hidden cell; an empty one stays empty."""
    return MASK if text.strip() else text


def _tells_people_apart(column: Column, rows: int) -> bool:
    """Whether a column has more values than answers and groups have: "telephone: yes, no" names nobody."""
    different = len(filled(column))
    return column.distinct is None or column.unique or different > min(_FEW, rows // 2)


def _is(trait: _Trait, column: Column, header: set[str], cells: Sequence[str]) -> bool:
    named = bool(header & trait.words) or any(stem in word for word in header for stem in trait.stems)
    looks = sum(map(trait.looks, cells)) >= _MOST_OF * len(cells)
    if trait.reads_like == "a name":
        if header & _NOBODYS:
            return False
        return (named and column.kind == "text") or (looks and column.unique)
    return (named and (trait.by_header_alone or looks)) or (looks and trait.by_cells_alone)
