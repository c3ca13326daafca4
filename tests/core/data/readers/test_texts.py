"""Uploaded tables as texts: encodings, dialects, rows and headers that do not fit, and what is no table."""

from pathlib import Path

import pytest

from core.data.readers import distinct_names, open_table
from core.data.readers.csv_dialect import SAMPLE_BYTES
from tests.worlds.table_looks import TABLE, Look, refusal, remarks
from tests.worlds.table_looks import look as look

# ---------------------------------------------------------------- encodings

WESTERN = "nom,décision\n" + "Muñoz,sí\nGroß,accordé\nØrsted,5 €\n" * 20
CENTRAL = "jméno,výsledek\n" + "Dvořák,přijat\nŽižka,odmítnut\n" * 20
POLISH = "imię,wynik\n" + "Łukasz,przyjęty\nSławek,odrzucony\nGrażyna,przyjęta\n" * 20
RUSSIAN = "имя,решение\n" + "Иван,да\nМария,нет\n" * 20
JAPANESE = "氏名,結果\n" + "男性,合格\n女性,不合格\n" * 20
CHINESE = "性别,结果\n" + "男,合格\n女,不合格\n" * 20
KOREAN = "성별,결과\n" + "남자,합격\n여자,불합격\n" * 20


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WESTERN, "utf-8"), (WESTERN, "utf-8-sig"), (WESTERN, "cp1252"), (WESTERN, "utf-16"), (WESTERN, "utf-16-le"),
        (WESTERN, "utf-16-be"), (WESTERN, "utf-32"), (CENTRAL, "cp1250"), (POLISH, "cp1250"), (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"), (JAPANESE, "utf-16"), (CHINESE, "gb18030"), (CHINESE, "utf-8-sig"), (KOREAN, "euc_kr"),
    ],
)  # fmt: skip
def test_letters_of_every_encoding_arrive(look: Look, text: str, encoding: str) -> None:
    profile, rows = look(text.encode(encoding))
    header, *lines = [tuple(line.split(",")) for line in text.splitlines()]
    assert profile.names == header
    assert rows == lines


def test_letters_arrive_where_they_begin_late_and_end_the_file(look: Look) -> None:
    plain = "name,town\n" + "Ann,York\n" * (SAMPLE_BYTES // 8)
    _, rows = look((plain + "Zoë,Besançon\n" * 5 + "Zoé,Orl\xe9").encode("cp1252"))
    assert rows[-2:] == [("Zoë", "Besançon"), ("Zoé", "Orlé")]


def test_a_character_cut_off_at_the_end_of_a_file_does_not_stop_it(look: Look) -> None:
    text = "name,town\n" + "Zoé,Besançon\n" * 30
    _, rows = look(text.encode("cp1252") + "Ann,Orl\xe9".encode("cp1252"))
    assert rows[-1] == ("Ann", "Orlé")


# ---------------------------------------------------------------- dialects


@pytest.mark.parametrize(
    ("separator", "word"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")]
)
def test_separators(look: Look, separator: str, word: str) -> None:
    profile, rows = look(f"a{separator}b\n1{separator}x y\n2{separator}\n".encode())
    assert (profile.names, rows) == (("a", "b"), [("1", "x y"), ("2", "")])
    assert word in profile.words
    assert profile.words.startswith("TSV" if separator == "\t" else "CSV")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(look: Look, ending: str, last: bool) -> None:
    text = ending.join(["a,b", "1,x", '2,"y, z"']) + (ending if last else "")
    assert look(text.encode())[1] == [("1", "x"), ("2", "y, z")]


def test_decimal_commas(look: Look) -> None:
    profile, _ = look(b"score;group\n0,5;x\n-1,25;y\n;x\n")
    assert profile.decimal == ","
    assert "decimal commas" in profile.words
    assert (profile.column("score").kind, profile.column("score").low) == ("number", -1.25)
    assert look(b"a;b\n1.5;x\n2.5;y\n")[0].decimal == "."
    assert look(b"a,b\n1.5,x\n2.5,y\n")[0].decimal == "."


def test_decimal_commas_in_quotes_between_commas(look: Look) -> None:
    profile, rows = look(b'score,group\n"0,5",y\n"-1,25",x\n3,y\n"1,125",x\n')
    assert (profile.decimal, profile.column("score").low) == (",", -1.25)
    assert rows[0] == ("0,5", "y")


@pytest.mark.parametrize("cells", ['"1,234",x\n"5,678",y\n', '"1,234",x\n0.5,y\n', '"1,234,567",x\n"2,5",y\n'])
def test_commas_between_thousands_are_no_decimal_commas(look: Look, cells: str) -> None:
    assert look(f"a,b\n{cells}".encode())[0].decimal == "."


def test_quotes(look: Look) -> None:
    _, rows = look(b'a,b\n"1","say ""hi"", now"\n2,5" pipe\n3,it\'s\n')
    assert rows == [("1", 'say "hi", now'), ("2", '5" pipe'), ("3", "it's")]
    assert look(b"a,b\n'1','x, y'\n'2','z'\n")[1] == [("1", "x, y"), ("2", "z")]


def test_line_breaks_within_quotes_belong_to_the_cell_and_are_said(look: Look) -> None:
    profile, rows = look(b'a,b\n1,x\n2,"y\nz, w"\n3,"v\r\nu"\n')
    assert rows == [("1", "x"), ("2", "y\nz, w"), ("3", "v\r\nu")]
    (oddity,) = (o for o in profile.oddities if "line breaks" in o.text)
    assert (oddity.columns, oddity.rows) == (("b",), (2, 3))


def test_cells_keep_the_text_that_stands_in_the_file(look: Look) -> None:
    _, rows = look(b"a,b\n 007 ,NA\n1e5,NULL\n,TRUE\n")
    assert rows == [(" 007 ", "NA"), ("1e5", "NULL"), ("", "TRUE")]


def test_a_long_text_is_a_cell(look: Look) -> None:
    long = "x" * (SAMPLE_BYTES // 2 + 9)
    assert look(f"a,b\n1,y\n2,{long}\n3,z\n".encode())[1] == [("1", "y"), ("2", long), ("3", "z")]


# ---------------------------------------------------------------- rows that do not fit


def test_ragged_rows_are_left_out_and_numbered(look: Look) -> None:
    body = [f"{i},x" for i in range(1, 31)]
    body[4], body[8], body[20] = "5", "9,x,extra", '21,"two\nlines"'
    profile, rows = look(("a,b\n" + "\n".join(body) + "\n").encode())
    assert [row[0] for row in rows] == [str(i) for i in range(1, 31) if i not in (5, 9)]
    assert profile.left_out == (5, 9)
    assert "1 row(s) with extra cells, left out" in remarks(profile)
    assert "1 row(s) with missing cells, left out" in remarks(profile)
    assert [o.rows for o in profile.oddities if "left out" in o.text] == [(9,), (5,)]


@pytest.mark.parametrize(("index", "row"), [(0, 1), (3, 4), (4, 6), (6, 8), (7, 10), (27, 30)])
def test_a_used_row_is_found_in_the_file_by_its_number_there(look: Look, index: int, row: int) -> None:
    body = [f"{i},x" for i in range(1, 31)]
    body[4], body[8] = "5", "9,x,extra"
    profile, rows = look(("a,b\n" + "\n".join(body)).encode())
    assert rows[index][0] == str(row)
    assert profile.row_words(index) == f"row {row} below the header"


def test_remarks_on_columns_number_rows_as_the_file_does(look: Look) -> None:
    body = [f"{i},0.{i}" for i in range(1, 40)]
    body[1], body[9] = "2", "10,oops"
    profile, _ = look(("a,b\n" + "\n".join(body)).encode())
    (oddity,) = (o for o in profile.oddities if "mostly numbers" in o.text)
    assert (oddity.columns, oddity.rows) == (("b",), (10,))


def test_a_table_of_mostly_ragged_rows_is_refused(look: Look) -> None:
    said = refusal(look, b"a,b\n" + b"1,x\n" * 30 + b"1,x,y\n" * 10)
    assert "10 of 40 rows do not have the header's 2 cells (row 31 has 3)" in said


def test_blank_lines_are_no_rows(look: Look) -> None:
    assert look(b"\n\na,b\n1,x\n\n\n2,y\n\n")[1] == [("1", "x"), ("2", "y")]


def test_lines_above_the_table_are_left_out_and_said(look: Look) -> None:
    profile, rows = look(b"Report of May\n\na,b\n" + b"1,x\n" * 9)
    assert (profile.names, len(rows)) == (("a", "b"), 9)
    assert "1 line(s) above the table left out" in remarks(profile)


# ---------------------------------------------------------------- headers


def test_duplicate_and_empty_names(look: Look) -> None:
    profile, _ = look(b"a,b, a ,,a\n1,2,3,4,5\n6,7,8,9,0\n")
    assert profile.names == ("a", "b", "a (2)", "column 4", "a (3)")
    assert 'duplicate column names: "a" (column 3, now "a (2)"), "a" (column 5, now "a (3)")' in remarks(profile)
    assert "no name in the header for column 4: called by its position" in remarks(profile)


def test_a_name_given_to_a_duplicate_is_not_taken_from_another_column() -> None:
    names, _ = distinct_names(("a", "a", "a (2)", "", "column 4"))
    assert names == ("a", "a (3)", "a (2)", "column 4", "column 4 (2)")
    assert len(set(names)) == 5


def test_a_missing_header_is_noticed(look: Look) -> None:
    profile, rows = look(b"1,m,0.5\n2,f,0.25\n3,m,0.125\n")
    assert (profile.names, profile.has_header, len(rows)) == (("column 1", "column 2", "column 3"), False, 3)
    assert "no header row" in remarks(profile)
    assert profile.row_words(1) == "row 2"


@pytest.mark.parametrize("above", ["", "Report of May\n"])
def test_a_header_above_rows_that_end_in_a_separator(look: Look, above: str) -> None:
    body = "a,yes,0.25,\nb,no,0.5,\n" * 30
    profile, rows = look(f"{above}g,y,s\n{body}".encode())
    assert (profile.names, profile.has_header) == (("g", "y", "s", "column 4"), True)
    assert (len(rows), rows[1], profile.left_out) == (60, ("b", "no", "0.5", ""), ())
    assert ("1 line(s) above the table" in remarks(profile)) == bool(above)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Report,May\na,b,\n1,2,\n3,4,\n", ("a", "b", "column 3")),
        ("Report,May\na,b,c\n1,2,\n3,4,\n", ("a", "b", "c")),
        ("Report of May\na,b,\nx,y,\nv,w,\n", ("a", "b", "column 3")),
    ],
)
def test_a_title_above_a_header_names_no_columns(look: Look, text: str, names: tuple[str, ...]) -> None:
    assert look(text.encode())[0].names == names


def test_years_and_texts_can_be_a_header(look: Look) -> None:
    assert look(b"name,2019,2020\nAnn,5,6\nBob,7,8\n")[0].names == ("name", "2019", "2020")
    assert look(b"sex,race\nf,b\nm,w\nf,w\n")[0].names == ("sex", "race")


def test_nul_bytes_are_removed_and_counted(look: Look) -> None:
    profile, rows = look(b"a,b\n1,x\0\n\x002,y\n")
    assert rows == [("1", "x"), ("2", "y")]
    assert "2 NUL byte(s)" in remarks(profile)


# ---------------------------------------------------------------- quotation marks that never close


@pytest.mark.parametrize(
    "content",
    [
        b'a,b\n1,"x\n2,y\n3,z\n',
        b"a,b\n" + b"1,y\n" * 40 + b'1,"x\n' + b"2,y\n" * 40,
        ("a,b\n" + "1,é\n" * 40 + '1,"x\n' + "2,y\n" * 40).encode("utf-16"),
    ],
)
def test_a_quotation_mark_that_never_closes_is_refused(look: Look, content: bytes) -> None:
    """Else it would swallow the rest of the table without a word."""
    said = refusal(look, content)
    assert "quotation mark that opens and never closes" in said


def test_one_that_would_leave_a_row_ragged_is_taken_for_a_letter(look: Look) -> None:
    profile, rows = look(b"a,b,c\n" + b"1,y,z\n" * 40 + b'1,"x,y\n' + b"2,y,z\n" * 40)
    assert (profile.rows, rows[40]) == (81, ("1", '"x', "y"))


def test_one_that_closes_rows_later_is_said(look: Look) -> None:
    profile, _ = look(b"a,b\n" + b"1,y\n" * 20 + b'1,"x\n2,"z"\n' + b"1,y\n" * 20)
    (oddity,) = (o for o in profile.oddities if "line breaks" in o.text)
    assert oddity.rows == (21,)


def test_large_tables_are_read_in_blocks_to_their_end(look: Look) -> None:
    line = b"some words that take up room,0.123456789012345678\n"
    n = (9 << 20) // len(line)
    assert look(b"a,b\n" + line * n)[0].rows == n


# ---------------------------------------------------------------- what is no table


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"  \r\n\n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"a,b,c\n", "has a header but no rows"),
        (b"\x80\x04\x95\x10\x00\x00\x00", "This is a Python pickle, which can run code when opened"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "not a table that Plumbline knows"),
        (b'{"rows": [1, 2]}', "This looks like JSON"),
        (b'  [{"a": 1}]', "This looks like JSON"),
        (b"<!DOCTYPE html><html>", "This looks like a web page"),
        (b"<?xml version='1.0'?>", "This looks like a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "This is an old Excel file (.xls)"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "not a table"),
        (b"SQLite format 3\0" + bytes(50), "not a table"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "not a table"),
        (bytes(range(1, 256)) * 3, "not a table"),
    ],
)
def test_what_is_no_table_is_refused_by_its_content(look: Look, content: bytes, words: str) -> None:
    assert words in refusal(look, content)


@pytest.mark.parametrize("header", ["PK_id", "PARking", "SQLiteId", "Rar"])
def test_a_header_that_only_looks_like_another_format(look: Look, header: str) -> None:
    assert look(f"{header},b\n1,x\n2,y\n".encode())[0].names == (header, "b")


def test_one_column_is_a_table(look: Look) -> None:
    assert look(b"a\nx\ny\nz\n")[1] == [("x",), ("y",), ("z",)]


def test_opening_says_how_a_file_is_written_before_a_row_is_read(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(TABLE)
    opened = open_table(tmp_path / "upload", tmp_path)
    assert (opened.names, opened.words, opened.decimal, opened.left_out) == (
        ("name", "score"),
        "CSV, commas, UTF-8",
        ".",
        [],
    )


def test_a_header_above_columns_with_many_gaps(look: Look) -> None:
    profile, _ = look(b"x,y\n" + b"1,a\n,a\nNA,b\nx,b\n2,a\n3,b\n,a\n4,b\n5,a\n6,b\n")
    assert profile.names == ("x", "y")
