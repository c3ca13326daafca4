"""People of whom a hobby gives the gender away, and plans that ask about models that lean on it."""

import numpy as np
import pandas as pd

PLAN = """plumbline = 1
[data]
file = "people.csv"
[decision]
{decision}
[groups]
sensitive = ["gender", "town"]
"""
NETWORK = 'model = "net.pt2"\nfeatures = ["merit", "hobby", "noise"]'
N = 600


def people() -> pd.DataFrame:
    """A hobby that goes along with gender and with nothing that matters."""
    draw = np.random.default_rng(3)
    gender = draw.choice(["Woman", "Man"], N)
    return pd.DataFrame(
        {
            "gender": gender,
            "town": draw.choice(["North", "South"], N),
            "merit": draw.normal(0, 1, N).round(3),
            "hobby": np.where(draw.random(N) < 0.9, gender == "Man", gender != "Man").astype(int),
            "noise": draw.normal(0, 1, N).round(3),
        }
    )


PEOPLE = people()
