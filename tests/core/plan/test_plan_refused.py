"""The plan: what is refused, and what the message says."""

import pytest

from core.errors import PlanError
from core.plan.plan import Plan


def with_lines(**tables: str) -> str:
    """A plan whose tables are these lines, the others as they should be."""
    lines = {
        "data": 'file = "a.csv"',
        "decision": 'prediction = "p"\nfavourable = [1]',
        "groups": 'sensitive = ["sex"]',
        **tables,
    }
    return "plumbline = 1\n" + "\n".join(f"[{table}]\n{text}" for table, text in lines.items())


MODEL, SCORE, PREDICTION = 'model = "m.onnx"', 'score = "s"', 'prediction = "p"'
IMAGE = MODEL + '\nimage = "file"\nimages = "a.zip"'
REFUSED = {
    "no toml": ("plumbline = = 1", "not valid TOML"),
    "no equals sign": (
        "plumbline = 1\nlabel hired",
        'line 2, "label hired", cannot be read; a line is a key, an equals',
    ),
    "no quotation marks": ("file = people.csv", "a text stands in quotation marks"),
    "a table twice": ("[data]\n[data]", "for the second time"),
    "a path of Windows": ('file = "C:\\Users"', "a backslash in a text is written twice"),
    "a bracket never closed": ("x = [1, 2", "opened and never closed"),
    "nothing": ("", "the plan lacks plumbline (a whole number): add it."),
    "another format": ("plumbline = 2", 'must say "plumbline = 1"'),
    "no tables": ("plumbline = 1", "the plan lacks data (a table)"),
    "unknown table": (with_lines(grups=""), 'unknown key "grups"; did you mean "groups"?'),
    "unknown key": (with_lines(data='file = "a"\nlable = "y"'), 'unknown key "lable"; did you mean "label"?'),
    "stranger": (with_lines(data='file = "a"\nqqq = 1'), "it knows file, keep, label"),
    "no file": (with_lines(data=""), "[data] lacks file (a text in quotes): add it."),
    "file of another type": (with_lines(data="file = 3"), "[data] file is 3; it takes a text in quotes."),
    "true is no value": (with_lines(data='file = "a"\nlabel = "y"\nfavourable = true'), "is true; it takes"),
    "not finite": (with_lines(decision=SCORE + "\nthreshold = nan"), "it takes a finite number"),
    "infinite": (with_lines(decision=SCORE + "\nthreshold = inf"), "it takes a finite number"),
    "date": (with_lines(decision=SCORE + "\nthreshold = 2020-01-01"), "it takes a number"),
    "label alone": (with_lines(data='file = "a"\nlabel = "y"'), "label and favourable go together"),
    "favourable alone": (with_lines(data='file = "a"\nfavourable = 1'), "label and favourable go together"),
    "no good value": (with_lines(data='file = "a"\nlabel = "y"\nfavourable = []'), "at least one value that is good"),
    "two bounds": (
        with_lines(data='file = "a"\nlabel = "y"\nfavourable = {at_least = 1, below = 2}'),
        "exactly one of at_least",
    ),
    "numbers by no example": (with_lines(data='file = "a"\nnumbers = {x = "abc"}'), "no example of a number"),
    "numbers by half an example": (with_lines(data='file = "a"\nnumbers = {x = "1.234"}'), "can be read two ways"),
    "a spelling in two groups": (
        with_lines(groups='sensitive = ["a"]\njoin = {a = {"F" = ["f"], "M" = ["f"]}}'),
        'puts "f" into two groups',
    ),
    "join of another column": (with_lines(groups='sensitive = ["a"]\njoin = {b = {"F" = ["f"]}}'), 'join names "b"'),
    "join of bands": (
        with_lines(groups='sensitive = ["a"]\nbins = {a = [1]}\njoin = {a = {"1" = ["01"]}}'),
        "join and bins both name",
    ),
    "count and weight": (
        with_lines(data='file = "a"\ncount = "n"\nweight = "w"'),
        "can neither weigh nor belong to a person",
    ),
    "count held out": (with_lines(data='file = "a"\ncount = "n"\nheld_out = 0.5'), 'repeated as often as "n" says'),
    "keep without a way": (
        with_lines(data='file = "a"\nkeep = [{column = "x"}]'),
        "exactly one of between, in, not_in and month",
    ),
    "keep in two ways": (
        with_lines(data='file = "a"\nkeep = [{column = "x", in = [1], not_in = [2]}]'),
        "exactly one of between, in",
    ),
    "between backwards": (
        with_lines(data='file = "a"\nkeep = [{column = "x", between = [2, 1]}]'),
        "the smaller first",
    ),
    "between one": (with_lines(data='file = "a"\nkeep = [{column = "x", between = [2]}]'), "takes two numbers"),
    "no month": (
        with_lines(data='file = "a"\nkeep = [{column = "x", month = "March"}]'),
        'month is one such as "2026-03"; it is "March"',
    ),
    "in nothing": (with_lines(data='file = "a"\nkeep = [{column = "x", in = []}]'), "in lists no value"),
    "nothing to audit": (with_lines(decision=""), "names nothing to audit"),
    "model and score": (with_lines(decision=f"{MODEL}\n{SCORE}"), "audit one of them at a time"),
    "prediction without good values": (with_lines(decision=PREDICTION), "must list the good values"),
    "prediction with a bound": (with_lines(decision=PREDICTION + "\nfavourable = {below = 5}"), "must list the good"),
    "prediction with a threshold": (
        with_lines(decision=PREDICTION + "\nfavourable = [1]\nthreshold = 0.5"),
        "threshold cannot stand beside",
    ),
    "score without a threshold": (with_lines(decision=SCORE), "threshold = 0.5, favourable"),
    "score with two": (
        with_lines(decision=SCORE + "\nthreshold = 1\nfavourable = {below = 5}"),
        "threshold = 0.5, favourable",
    ),
    "score with a list": (with_lines(decision=SCORE + "\nfavourable = [1]"), "not a list of values"),
    "score with a direction": (
        with_lines(decision=SCORE + "\nthreshold = 1\nlower_is_better = true"),
        "say favourable = {below = 5}",
    ),
    "model with good values": (
        with_lines(decision=MODEL + "\nfavourable = [1]"),
        "takes favourable_class",
    ),
    "output without a model": (
        with_lines(decision=SCORE + '\nthreshold = 1\noutput = "logit"'),
        "belongs to a model",
    ),
    "features without a model": (
        with_lines(decision=SCORE + '\nthreshold = 1\nfeatures = ["a"]'),
        "belongs to a model",
    ),
    "class without a model": (
        with_lines(decision=PREDICTION + "\nfavourable = [1]\nfavourable_class = 0"),
        "belongs to a model",
    ),
    "edges without a score": (
        with_lines(decision=PREDICTION + "\nfavourable = [1]\nedges = [1.0]"),
        "edges belongs to a score column",
    ),
    "direction without a score": (with_lines(decision=MODEL + "\nlower_is_better = true"), "belongs to a score column"),
    "no class": (with_lines(decision=MODEL + "\nfavourable_class = []"), "favourable_class lists no class"),
    "unknown output": (with_lines(decision=MODEL + '\noutput = "odds"'), "it takes one of probability, logit, class"),
    "class with a threshold": (
        with_lines(decision=MODEL + '\noutput = "class"\nthreshold = 0.5'),
        "takes the decisions as they are",
    ),
    "threshold on logits": (with_lines(decision=MODEL + "\nthreshold = -0.5"), "give a number from 0 to 1"),
    "threshold out of reach": (with_lines(decision=SCORE + "\nthreshold = 1e301"), "beyond 1e+300"),
    "edge out of reach": (with_lines(decision=SCORE + "\nthreshold = 1\nedges = [1, 1e301]"), "beyond 1e+300"),
    "number of many digits": (with_lines(decision=f"{SCORE}\nthreshold = 1{'0' * 400}"), "has 401 digits"),
    "number of too many digits": (with_lines(run=f"seed = 1{'0' * 5000}"), "not valid TOML"),
    "brackets without end": (with_lines(run=f"seed = {'[' * 5000}{']' * 5000}"), "brackets go too deep"),
    "date among prices": (
        with_lines(mitigate="price = {wrongly_denied = 2020-01-01}"),
        'price wrongly_denied is "2020-01-01"; it takes a number',
    ),
    "endless price": (with_lines(mitigate="price = {wrongly_denied = nan}"), "it takes a finite number"),
    "one price": (with_lines(mitigate="price = {wrongly_denied = 1}"), "price lacks wrongly_granted (a number)"),
    "no price": (with_lines(mitigate='cost = "price"'), "lacks price (a table)"),
    "price of another cost": (
        with_lines(mitigate='cost = "accuracy"\nprice = {wrongly_denied = 1, wrongly_granted = 5}'),
        'price has no part in cost = "accuracy"',
    ),
    "goal": (with_lines(mitigate="goal = 5"), "goal is 5; it takes a text in quotes"),
    "by": (with_lines(mitigate='by = "sex"'), "it takes a list"),
    "edges not rising": (with_lines(decision=SCORE + "\nthreshold = 1\nedges = [1, 1]"), "strictly rising"),
    "image without files": (with_lines(decision=MODEL + '\nimage = "file"'), 'add images = "images.zip"'),
    "files without image": (with_lines(decision=MODEL + '\nimages = "a.zip"'), "belongs to a column of images"),
    "colours without image": (with_lines(decision=MODEL + "\nimage_mean = [0]"), "belongs to a column of images"),
    "image without a model": (
        with_lines(decision=SCORE + '\nthreshold = 1\nimage = "file"\nimages = "a.zip"'),
        "image belongs to a model",
    ),
    "image and features": (with_lines(decision=IMAGE + '\nfeatures = ["a"]'), "remove one of them"),
    "two colours": (with_lines(decision=IMAGE + "\nimage_mean = [0.5, 0.5]"), "takes three numbers"),
    "no spread": (with_lines(decision=IMAGE + "\nimage_std = [0.5, 0, 0.5]"), "must be above 0"),
    "colour in words": (with_lines(decision=IMAGE + '\nimage_std = ["a"]'), "it takes a number"),
    "text and columns": (with_lines(decision=MODEL + '\ntext = "a"\nfeatures = ["b"]'), "text is all that"),
    "text without a model": (with_lines(decision=SCORE + '\nthreshold = 1\ntext = "a"'), "text belongs to a model"),
    "nobody sensitive": (with_lines(groups="sensitive = []"), "name at least one"),
    "sensitive twice": (with_lines(groups='sensitive = ["a", "a"]'), "names a column twice"),
    "no intersections": (with_lines(groups='sensitive = ["a"]\nintersections = 0'), "1 for single columns"),
    "bins of a stranger": (
        with_lines(groups='sensitive = ["a"]\nbins = {b = [1]}'),
        'cuts "b", which is not',
    ),
    "bins not rising": (with_lines(groups='sensitive = ["a"]\nbins = {a = [2, 1]}'), "rising order"),
    "no cut points": (with_lines(groups='sensitive = ["a"]\nbins = {a = []}'), "rising order"),
    "reference of a stranger": (with_lines(groups='sensitive = ["a"]\nreference = {b = 1}'), "not among the sensitive"),
    "unknown reference": (
        with_lines(groups='sensitive = ["a"]\nreference = "best"'),
        "one of largest, most_selected",
    ),
    "limit without a bound": (with_lines(policy='limits = [{measure = "x"}]'), "give most for a difference, or least"),
    "limit with two": (
        with_lines(policy='limits = [{measure = "x", most = 0.1, least = 0.8}]'),
        "give most for",
    ),
    "limit over one": (with_lines(policy='limits = [{measure = "x", most = 5}]'), "between 0 and 1"),
    "least of nothing": (with_lines(policy='limits = [{measure = "x", least = 0}]'), "between 0 and 1"),
    "limit twice": (
        with_lines(policy='limits = [{measure = "x", most = 0.1}, {measure = "x", most = 0.2}]'),
        "one limit",
    ),
    "confidence": (with_lines(run="confidence = 95"), "from 0.5 to just under 1"),
    "seed": (with_lines(run="seed = 1.5"), "it takes a whole number"),
    "mitigate": (with_lines(mitigate='gaol = "x"'), 'unknown key "gaol"; did you mean "goal"?'),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_refused_and_why(why: str) -> None:
    text, words = REFUSED[why]
    with pytest.raises(PlanError) as refusal:
        Plan.from_toml(text)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
