"""Tables as people in several countries write them, to who is selected in each group: every number is pandas' own."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from core.engine.counting import count
from core.engine.job import open_table
from core.engine.sources import source
from core.errors import PlumblineError
from core.metrics.stated_rule import stated_rule
from core.metrics.verdicts import judge
from core.plan.plan import Plan
from tests.worlds.people import quiet

DRAW = random.Random(5)
N = 240
CHOSEN = [DRAW.choice("01") for _ in range(N)]
GENDER = [DRAW.choice(["Frau", "Mann"]) for _ in range(N)]
INCOME = [DRAW.randint(20_000, 120_000) for _ in range(N)]
BALANCE = [DRAW.randint(-3_000, 3_000) for _ in range(N)]
SHARE = [round(DRAW.random() * 100, 1) for _ in range(N)]
BORN = [DRAW.randint(1950, 2000) for _ in range(N)]
Rates = dict[str, tuple[float, int]]


def plan_of(column: str, data: str = "", groups: str = "", decision: str = 'prediction = "p"\nfavourable = [1]') -> str:
    lines = f'[data]\nfile = "t.csv"\n{data}\n[decision]\n{decision}\n[groups]\nsensitive = ["{column}"]\n{groups}'
    return f"plumbline = 1\n{lines}"


def rates(folder: Path, content: bytes, plan: str) -> Rates:
    """The share selected and the number of people of each group, from an uploaded file."""
    for name in ("in", "out"):
        (folder / name).mkdir()
    (folder / "in" / "table").write_bytes(content)
    asked = Plan.from_toml(plan)
    dataset = open_table(folder / "in", folder / "out", asked, quiet)
    counted = count(source(asked, dataset, None), dataset, asked, quiet)
    judged = judge(counted.counts, asked, stated_rule(counted.counts, asked))
    found = {}
    for group in judged.groups:
        (name,) = group.group.values()
        found[name] = (group.metrics["selection_rate"].value, group.n)
    return found  # type: ignore[return-value]


def expected(groups: list[str], selected: list[bool]) -> Rates:
    frame = pd.DataFrame({"g": groups, "s": selected}).groupby("g")["s"].agg(["mean", "size"])
    return {str(name): (row["mean"], int(row["size"])) for name, row in frame.iterrows()}


def text(columns: dict[str, list[str]], separator: str = ",", encoding: str = "utf-8", end: str = "\n") -> bytes:
    return pd.DataFrame(columns).to_csv(index=False, sep=separator, lineterminator=end).encode(encoding)


def bands(numbers: list[int], cut: int) -> list[str]:
    return [f"under {cut}" if number < cut else f"{cut} or over" for number in numbers]


def grouped(number: int, sign: str) -> str:
    return f"{number:,}".replace(",", sign)


def lakhs(number: int) -> str:
    head, tail = str(number)[:-3], str(number)[-3:]
    pairs = [head[max(0, i - 2) : i] for i in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail])


WRITTEN: dict[str, tuple[Callable[[int], str], str, str, str, str]] = {
    "Swiss francs": (lambda n: f"CHF {grouped(n, chr(0x2019))}", "CHF 12'345", ",", "utf-8", "\n"),
    "French euros": (lambda n: f"{grouped(n, chr(0x202F))},00 \u20ac", "1 234,50 \u20ac", ";", "utf-8", "\r\n"),
    "German euros": (lambda n: f"{grouped(n, '.')},50 EUR", "1.234,50 EUR", ";", "cp1252", "\r\n"),
    "rupees": (lambda n: f"\u20b9{lakhs(n)}", "\u20b91,23,456", ",", "utf-8", "\n"),
    "Swedish crowns": (lambda n: f"{grouped(n, chr(0xA0))} kr", "12 345 kr", "\t", "utf-16", "\r\n"),
    "Brazilian reais": (lambda n: f"R$ {grouped(n, '.')},00", "R$ 1.234,56", ";", "cp1252", "\n"),
    "dollars": (lambda n: f"${n:,}.00", "$1,234.50", ",", "utf-8", "\n"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_incomes_are_cut_as_they_are_written(tmp_path: Path, name: str) -> None:
    write, example, separator, encoding, end = WRITTEN[name]
    content = text({"income": [write(n) for n in INCOME], "p": CHOSEN}, separator, encoding, end)
    plan = plan_of("income", f'numbers = {{income = "{example}"}}', "bins = {income = [60000]}")
    assert rates(tmp_path, content, plan) == expected(bands(INCOME, 60_000), [p == "1" for p in CHOSEN])


@pytest.mark.parametrize("name", WRITTEN)
def test_the_refusal_states_an_example_that_works(tmp_path: Path, name: str) -> None:
    write, _, separator, encoding, end = WRITTEN[name]
    content = text({"income": [write(n) for n in INCOME], "p": CHOSEN}, separator, encoding, end)
    with pytest.raises(PlumblineError) as refusal:
        rates(tmp_path, content, plan_of("income", groups="bins = {income = [60000]}"))
    example = str(refusal.value).split("numbers = {income = ")[1].split("}")[0]
    (tmp_path / "again").mkdir()
    plan = plan_of("income", f"numbers = {{income = {example}}}", "bins = {income = [60000]}")
    assert rates(tmp_path / "again", content, plan) == expected(bands(INCOME, 60_000), [p == "1" for p in CHOSEN])


def test_brackets_are_minus(tmp_path: Path) -> None:
    cells = [f"({-n:,})" if n < 0 else f"{n:,}" for n in BALANCE]
    plan = plan_of("b", 'numbers = {b = "1,234"}', "bins = {b = [0]}")
    found = rates(tmp_path, text({"b": cells, "p": CHOSEN}), plan)
    assert found == expected(bands(BALANCE, 0), [p == "1" for p in CHOSEN])


def test_percent_is_a_share(tmp_path: Path) -> None:
    cells = [str(share).replace(".", ",") + " %" for share in SHARE]
    plan = plan_of("g", 'numbers = {s = "12,5 %"}', decision='score = "s"\nthreshold = 0.5')
    found = rates(tmp_path, text({"g": GENDER, "s": cells}, ";", "cp1252", "\r\n"), plan)
    assert found == expected(GENDER, [share >= 50 for share in SHARE])


@pytest.mark.parametrize("form", ["{d:02}.{m:02}.{y}", "{m}/{d}/{y}", "{y}-{m:02}-{d:02}", "{y}/{m}/{d} 00:00:00"])
def test_dates_are_cut_by_their_year(tmp_path: Path, form: str) -> None:
    cells = [form.format(d=1 + i % 28, m=1 + i % 12, y=year) for i, year in enumerate(BORN)]
    plan = plan_of("born", f'numbers = {{born = "{cells[0]}"}}', "bins = {born = [1975]}")
    found = rates(tmp_path, text({"born": cells, "p": CHOSEN}, ";"), plan)
    assert found == expected(bands(BORN, 1975), [p == "1" for p in CHOSEN])


@pytest.mark.parametrize(
    "codes",
    [["01.1", "01.10", "1.1", "1.10"], ["1E5", "100000", "1e5", "2D4"], ["01234", "1234"], ["v1.0", "v1", "1.0", "1"]],
)
def test_codes_stay_groups_as_they_are_spelled(tmp_path: Path, codes: list[str]) -> None:
    cells = [codes[i % len(codes)] for i in range(N)]
    found = rates(tmp_path, text({"g": cells, "p": CHOSEN}), plan_of("g"))
    assert found == expected(cells, [p == "1" for p in CHOSEN])


def test_joined_spellings_are_one_group(tmp_path: Path) -> None:
    spellings = ["Asian; White", "White; Asian", "White ;asian", "Black"]
    cells = [spellings[i % 4] for i in range(N)]
    plan = plan_of("g", groups='join = {g = {"Asian; White" = ["White; Asian", "White ;asian"]}}')
    joined = ["Black" if cell == "Black" else "Asian; White" for cell in cells]
    found = rates(tmp_path, text({"g": cells, "p": CHOSEN}), plan)
    assert found == expected(joined, [p == "1" for p in CHOSEN])


@pytest.mark.parametrize(
    ("good", "values", "named"),
    [
        ("s\u00ed", ["s\u00ed", "no", "s/d", "-99"], ["s/d", "-99"]),
        ("Sim", ["Sim", "SIM", "S", "N\u00e3o", "nao"], ["SIM", "S"]),
        ("\u662f", ["\u662f", "\u5426", "\u672a\u77e5"], ["\u672a\u77e5"]),
        ("oui", ["oui", "Vrai", "non", "#N/A"], ["Vrai"]),
    ],
)
def test_what_is_not_named_good_is_asked_about(tmp_path: Path, good: str, values: list[str], named: list[str]) -> None:
    cells = [values[i % len(values)] for i in range(N)]
    decision = f'prediction = "p"\nfavourable = ["{good}"]'
    with pytest.raises(PlumblineError) as refusal:
        rates(tmp_path, text({"g": GENDER, "p": cells}), plan_of("g", decision=decision))
    assert all(f"“{value}” ({cells.count(value)})" in str(refusal.value) for value in named)


def test_truths_are_numbers_once_the_plan_says_so(tmp_path: Path) -> None:
    cells = ["WAHR" if p == "1" else "falsch" for p in CHOSEN]
    plan = plan_of("g", 'numbers = {s = "WAHR"}', decision='score = "s"\nthreshold = 0.5')
    found = rates(tmp_path, text({"g": GENDER, "s": cells}), plan)
    assert found == expected(GENDER, [p == "1" for p in CHOSEN])
