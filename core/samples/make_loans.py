"""Makes the loan sample: invented people, and a model that learned from invented past decisions.

    python -m core.samples.make_loans

Women and men repay alike here, by construction. But past decisions leaned on years in the same job and on full-time
work, women here have more career breaks and more part-time work, and the model learned from past decisions: it never
sees anyone's gender and still selects women less often. Regions are drawn apart from everything else, so there is no
gap between the large ones, and one region is too small to tell.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch.nn import Module

HERE = Path(__file__).parent
SEED = 20261121
TRAINING_PEOPLE, SHIPPED_PEOPLE = 8000, 2000
NUMBERS = ["income", "debt", "savings", "loan_amount", "years_at_job", "history_months"]
EMPLOYMENT = ["full time", "part time", "self-employed"]
GENDER_HIDDEN, SAVINGS_HIDDEN, STILL_RUNNING = 0.03, 0.01, 0.08


def draw_people(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Invented applicants, one a row, with nothing missing yet."""
    woman = rng.random(n) < 0.48
    age = np.clip(rng.normal(46, 12, n), 25, 75).astype(int)
    part_time = rng.random(n) < np.where(woman, 0.38, 0.10)
    self_employed = ~part_time & (rng.random(n) < 0.12)
    income = rng.lognormal(10.55, 0.35, n) * np.where(part_time, 0.75, 1.0)
    return pd.DataFrame(
        {
            "gender": np.where(woman, "Woman", "Man"),
            "age": age,
            "region": rng.choice(["North", "South", "Coast", "Islands"], n, p=[0.42, 0.36, 0.205, 0.015]),
            "employment": np.select([part_time, self_employed], ["part time", "self-employed"], "full time"),
            "income": income.round(-2).astype(int),
            "debt": (income * rng.gamma(1.5, 0.12, n)).round(-2).astype(int),
            "savings": (income * rng.gamma(1.2, 0.25, n)).round(-2),
            "loan_amount": (income * rng.uniform(0.1, 0.9, n)).round(-2).astype(int),
            "years_at_job": np.minimum(rng.exponential(np.where(woman, 3.8, 8.0)), age - 18).round(1),
            "history_months": np.minimum(rng.gamma(2.0, 45, n), 12 * (age - 17)).astype(int),
        }
    )


def solidity(people: pd.DataFrame) -> pd.Series:
    """How well a person's means carry the loan, as log-odds: all that repaying depends on."""
    burden = (people["loan_amount"] + people["debt"]) / people["income"] - 0.68
    cushion = people["savings"] / people["income"] - 0.3
    return 1.6 - 3.2 * burden + 1.2 * cushion + 0.012 * (people["history_months"] - 90)


def draw(log_odds: pd.Series, rng: np.random.Generator) -> NDArray[np.bool_]:
    """One yes or no a person, bool [n]."""
    chance: NDArray[np.float64] = 1 / (1 + np.exp(-log_odds.to_numpy(dtype=np.float64)))
    return rng.random(len(chance)) < chance


def past_decision(people: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.bool_]:
    """What past loan officers said, bool [n]: the means, and a liking for long, full-time jobs."""
    liking = 0.24 * np.minimum(people["years_at_job"], 12) - 1.3 * (people["employment"] == "part time")
    return draw(solidity(people) + liking - 1.7, rng)


def recipe(people: pd.DataFrame) -> dict[str, Any]:
    """How a table becomes the model's matrix: scaled numbers, then one column per kind of employment."""
    numbers = [
        {
            "name": name,
            "kind": "number",
            "mean": round(float(people[name].mean()), 3),
            "scale": round(float(people[name].std()), 3),
            "fill": float(people[name].median()),
        }
        for name in NUMBERS
    ]
    return {"columns": [*numbers, {"name": "employment", "kind": "category", "categories": EMPLOYMENT}]}


def matrix(people: pd.DataFrame, columns: list[dict[str, Any]]) -> NDArray[np.float32]:
    """The model's input, float32 [n, inputs]."""
    parts = []
    for column in columns:
        cells = people[column["name"]]
        if column["kind"] == "number":
            parts.append((cells.fillna(column["fill"]) - column["mean"]) / column["scale"])
        else:
            parts.extend(cells == category for category in column["categories"])
    return np.column_stack(parts).astype(np.float32)


def train(x: NDArray[np.float32], granted: NDArray[np.bool_]) -> "Module":
    """A small network that gives the probability of a past yes, [n, 1]."""
    import torch

    torch.manual_seed(SEED)
    net = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], 16), torch.nn.ReLU(), torch.nn.Linear(16, 1), torch.nn.Sigmoid()
    )
    inputs, target = torch.from_numpy(x), torch.from_numpy(granted.astype(np.float32))[:, None]
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02, weight_decay=1e-4)
    for _ in range(300):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy(net(inputs), target).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return net.eval()


def save(net: "Module", inputs: int, columns: dict[str, Any]) -> None:
    """Writes loans.pt2: any number of rows at once, with the recipe embedded."""
    import torch

    example = (torch.zeros(2, inputs),)
    program = torch.export.export(net, example, dynamic_shapes=({0: torch.export.Dim("people")},))
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # it names folders of the machine that made the file
    torch.export.save(program, HERE / "loans.pt2", extra_files={"plumbline.json": json.dumps(columns)})


def hide(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The same people with some cells empty, as in any real table."""
    n = len(people)
    return people.assign(
        gender=people["gender"].mask(rng.random(n) < GENDER_HIDDEN),
        savings=people["savings"].mask(rng.random(n) < SAVINGS_HIDDEN),
        repaid=people["repaid"].mask(rng.random(n) < STILL_RUNNING),
    )


def score(net: "Module", x: NDArray[np.float32]) -> NDArray[np.float64]:
    """The model's probability for each person, rounded to six digits, [n]."""
    import torch

    with torch.inference_mode():
        probability: NDArray[np.float32] = net(torch.from_numpy(x)).numpy()[:, 0]
    return probability.astype(np.float64).round(6)


def main() -> None:
    """Writes loans.csv and loans.pt2 beside this file."""
    training_rng, shipped_rng = (np.random.default_rng(stream) for stream in np.random.SeedSequence(SEED).spawn(2))
    training = draw_people(TRAINING_PEOPLE, training_rng)
    columns = recipe(training)
    x = matrix(training, columns["columns"])
    net = train(x, past_decision(training, training_rng))
    save(net, x.shape[1], columns)

    shipped = draw_people(SHIPPED_PEOPLE, shipped_rng)
    shipped["repaid"] = np.where(draw(solidity(shipped), shipped_rng), "yes", "no")
    shipped = hide(shipped, shipped_rng)
    shipped["score"] = score(net, matrix(shipped, columns["columns"]))
    shipped.insert(0, "applicant_id", [f"A{i:04d}" for i in range(1, SHIPPED_PEOPLE + 1)])
    shipped["savings"] = shipped["savings"].astype("Int64")
    shipped.to_csv(HERE / "loans.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
