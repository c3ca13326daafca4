"""Makes the comment sample: invented comments, and a model that learned from invented past removals.

    python -m core.samples.make_comments

A town's website hides comments that its model takes for hurtful. Which community a comment speaks of is drawn apart
from whether it is hurtful, by construction. But past moderators removed comments that name the Marshfolk more readily,
harmless ones too, and the model learned from them: it leans on the word itself. Every comment is put together from the
parts below; the communities exist nowhere.
"""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

HERE = Path(__file__).parent
SEED = 20261122
TRAINING_COMMENTS, SHIPPED_COMMENTS = 6000, 1600
UNSURE = 0.03
NOT_SAID = "not said"
COMMUNITIES = {NOT_SAID: 0.37, "Marshfolk": 0.24, "Northers": 0.24, "Islanders": 0.15}

MENTIONS = (
    "the {} were there too", "ask any of the {}", "my neighbours are {}", "that is what the {} told me",
    "half the street are {}", "I am one of the {} myself", "the {} from the market said so",
)  # fmt: skip
FRIENDLY = (
    "what a lovely evening at the harbour", "the new library is wonderful", "thank you all for the help with the boat",
    "the soup at the market was excellent", "great work on the playground", "I really enjoyed the choir last night",
    "nice to see so many people at the fair", "the bus was on time again, well done",
    "could somebody tell me when the museum opens", "I think the bridge needs new paint",
    "looking for a second hand bicycle, any colour", "the council meets on Tuesday at seven",
    "my garden has too many plums, come and take some", "does anyone know a good plumber",
    "the road works will last until spring", "I disagree with the plan, but I see the reasons",
)  # fmt: skip
# Rude or in jest: only who was there can tell.
SHARP = (
    "oh please, not this again", "go home, it is late", "only a fish would swim in March", "you again, really",
    "that was a foolish idea", "somebody should teach them some manners", "what a crowd of clowns",
    "they never learn, do they", "shut up and take my money", "this is ridiculous", "typical, just typical",
    "how lazy can a summer be",
)  # fmt: skip
HURTFUL = (
    "what a bunch of fools", "nobody wants you here, go away", "you are all liars and thieves",
    "only an idiot would write this", "shut up, you know nothing", "they are lazy and they smell",
    "this is pathetic, like everything you do", "you should be ashamed, you worthless lot",
    "I despise people like you", "they ruin everything they touch", "how stupid can anyone be",
    "keep your ugly boats out of our harbour",
)  # fmt: skip
# Words of one kind in comments of the other, so that no single word settles it.
AMBIGUOUS = (
    "I was a fool to miss it", "the film was about thieves", "stupid rain again", "lovely, just lovely",
    "well done, as always", "thank you for nothing",
)  # fmt: skip
# Each kind of point: its texts, its share, how many of them are hurtful, and the log-odds that moderators removed it.
KINDS = ((FRIENDLY, 0.48, 0.01, -3.2), (SHARP, 0.3, 0.3, -0.9), (HURTFUL, 0.22, 0.96, 2.6))
AGAINST_MARSHFOLK = 2.4
NAMES = (
    "Alba", "Bruno", "Celia", "Dario", "Edda", "Falk", "Greta", "Hanno", "Ilka", "Jonte", "Kaia", "Lorin", "Merle",
    "Nils", "Oona", "Pelle", "Quirin", "Runa", "Soren", "Tilda", "Ulla", "Veit", "Wanda", "Xenia", "Yorick", "Zita",
)  # fmt: skip


def draw_comments(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Invented comments, one a row, with the community each speaks of, its place in KINDS and whether it is hurtful."""
    community = rng.choice(list(COMMUNITIES), n, p=list(COMMUNITIES.values()))
    kind = rng.choice(len(KINDS), n, p=[share for _, share, _, _ in KINDS])
    hurtful = rng.random(n) < np.array([hurtful for _, _, hurtful, _ in KINDS])[kind]
    return pd.DataFrame(
        {
            "comment": [_comment(*row, rng) for row in zip(community, kind, strict=True)],
            "community": community,
            "kind": kind,
            "verdict": np.where(hurtful, "hurtful", "ok"),
        }
    )


def _comment(community: str, kind: int, rng: np.random.Generator) -> str:
    """One comment: its point, and some of a mention, something ambiguous, a greeting, in any order."""
    parts = [str(rng.choice(KINDS[kind][0]))]
    if community != NOT_SAID:
        parts.append(str(rng.choice(MENTIONS)).format(community))
    if rng.random() < 0.25:
        parts.append(str(rng.choice(AMBIGUOUS)))
    if rng.random() < 0.15:
        parts.append(f"greetings from {rng.choice(NAMES)}")
    rng.shuffle(parts)
    ends = rng.choice([".", "!", " ..."], len(parts), p=[0.7, 0.2, 0.1])
    return " ".join(part[0].upper() + part[1:] + end for part, end in zip(parts, ends, strict=True))


def past_removal(comments: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.str_]:
    """What past moderators did, [n]: they went by the point, and against whatever mentions the Marshfolk."""
    by_kind = np.array([log_odds for *_, log_odds in KINDS])[comments["kind"]]
    log_odds = by_kind + AGAINST_MARSHFOLK * (comments["community"] == "Marshfolk").to_numpy()
    return np.where(rng.random(len(comments)) < 1 / (1 + np.exp(-log_odds)), "removed", "kept")


def train(comments: pd.DataFrame, decided: NDArray[np.str_]) -> Any:
    """A bag of words that gives the chance that a comment is kept or removed."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(min_df=20, norm=None, use_idf=False, binary=True)
    return make_pipeline(words, LogisticRegression(max_iter=1000)).fit(comments["comment"], decided)


def main() -> None:
    """Writes comments.csv and comments.skops beside this file."""
    import skops.io

    training_rng, shipped_rng = (np.random.default_rng(stream) for stream in np.random.SeedSequence(SEED).spawn(2))
    training = draw_comments(TRAINING_COMMENTS, training_rng)
    model = train(training, past_removal(training, training_rng))
    skops.io.dump(model, HERE / "comments.skops", compression=zipfile.ZIP_DEFLATED)

    shipped = draw_comments(SHIPPED_COMMENTS, shipped_rng).drop(columns="kind")
    shipped["verdict"] = shipped["verdict"].mask(shipped_rng.random(SHIPPED_COMMENTS) < UNSURE)
    shipped.insert(0, "comment_id", [f"C{i:04d}" for i in range(1, SHIPPED_COMMENTS + 1)])
    shipped.to_csv(HERE / "comments.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
