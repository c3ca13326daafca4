"""The Explain page as tests use it: people with a planted proxy, models that lean on it, and what the page says."""

from dataclasses import replace

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from core.plan.plan import Plan
from core.store.workspace import Workspace
from tests.pages import whole_app
from tests.worlds.models.hobby_network import network
from tests.worlds.records import HOSTILE

PLAN = Plan.from_toml("""plumbline = 1
[data]
file = "people.csv"
label = "repaid"
favourable = "yes"
[decision]
model = "net.pt2"
features = ["merit", "hobby", "noise"]
[groups]
sensitive = ["gender", "town"]
""")
DRAW = np.random.default_rng(3)
N = 600


def people() -> pd.DataFrame:
    """A hobby that goes along with gender and with nothing that matters; one cell is no plain word."""
    gender, merit = DRAW.choice(["Woman", "Man"], N), DRAW.normal(0, 1, N).round(3)
    return pd.DataFrame(
        {
            "gender": gender,
            "town": np.where(np.arange(N) % 2, "North", HOSTILE),
            "merit": merit,
            "hobby": np.where(DRAW.random(N) < 0.9, gender == "Man", gender != "Man").astype(int),
            "noise": DRAW.normal(0, 1, N).round(3),
            "repaid": np.where(merit + DRAW.normal(0, 1, N) > 0, "yes", "no"),
        }
    )


PEOPLE = people()


def audited(space: Workspace, merit: float, hobby: float, name: str = "") -> str:
    """An audit of a model that weighs merit and the hobby so."""
    return whole_app.audited(space, replace(PLAN, name=name), PEOPLE.to_csv(index=False), network(merit, hobby))


def numbers(table: dict[str, list[str]], column: str, group: str) -> float:
    """The points of a column and group in a picture's table."""
    places = zip(table["Column"], table["Group"], table["Points on average"], strict=True)
    (points,) = (points for name, whose, points in places if (name, whose) == (column, group))
    return float(points.replace("−", "-"))


def first_sentence(at: AppTest) -> str:
    """What the page says first, in bold."""
    bold = next(str(text.value) for text in at.markdown if str(text.value).startswith("**") and "“" in str(text.value))
    return bold.replace("\\", "").replace("\u2060", "").replace("\u00a0", " ").strip("*")
