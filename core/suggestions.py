"""What the columns of a table probably are, from names and values: suggested with a reason, for a person to confirm."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from core.cells import DEFAULT_MISSING, is_number, key
from core.models.refused import REFUSED, SAVED_BY_TORCH
from core.plan_parts import Condition, Decision
from core.profile import Column, Profile
from core.survey import MISSING_LOOKALIKES

FEW_VALUES = 60
PRESELECTED = 3
READS_LIKE = "its name reads like "
AGE_CUTS = ((40.0,), (25.0, 40.0, 60.0))
_MOST_OUTCOMES = 10
_NUMBER_OF_A_PERSON = frozenset({"id", "nr", "no", "key", "uuid"})
# How the profile names a column whose name was taken already.
_REPEATED = re.compile(r" \(\d+\)$")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


@dataclass(frozen=True)
class Suggestion:
    """A column's name or a cell's text, and why it is suggested."""

    value: str
    reason: str


@dataclass(frozen=True)
class Trait:
    """Something about a person that laws and policies protect, and the words that name its column."""

    name: str
    words: frozenset[str]


def _vocabulary(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _trait(name: str, listed: str) -> Trait:
    return Trait(name, _vocabulary(listed))


# In the order of preselection. Accents are dropped before comparing; a few languages, not all.
TRAITS = (
    _trait("sex or gender", "sex gender female male geschlecht sexe genre sexo genero sesso"),
    _trait(
        "race or ethnic origin",
        "race races racial ethnicity ethnic ethnie rasse raza etnia herkunft origine origen skin hautfarbe caste",
    ),
    _trait("age", "age ages agegroup alter edad eta idade"),
    _trait("disability", "disability disabilities disabled handicap handicapped behinderung discapacidad disabilita"),
    _trait("religion", "religion religious faith konfession religione"),
    _trait(
        "nationality",
        "nationality national citizenship citizen native country foreign foreigner immigrant immigration migrant "
        "migration staatsangehorigkeit nationalitat nationalite nacionalidad auslander",
    ),
    _trait("family status", "marital married relationship familienstand matrimonial pregnant pregnancy"),
    _trait("language", "language languages sprache langue idioma lingua"),
    _trait("sexual orientation", "orientation transgender lgbt"),
    _trait("service in the forces", "veteran"),
)
_OUTCOME = _vocabulary(
    "label labels target outcome outcomes y class truth actual observed result income default defaulted recid "
    "recidivism repaid paid survived graduated passed churn readmitted fraud success bad good ergebnis resultat "
    "resultado ziel"
)
_DECISION = _vocabulary(
    "decision decisions decided prediction predictions predicted predict pred preds yhat approved approval accepted "
    "admitted hired selected granted shortlisted invited recommended recommendation entscheidung vorhersage"
)
_SCORE = _vocabulary(
    "score scores prob probs proba probability probabilities decile likelihood logit rating risk wahrscheinlichkeit "
    "punktzahl probabilite probabilidad"
)
_BAD_NEWS = _vocabulary(
    "recid recidivism reoffend reoffended default defaulted fraud arrest arrested charged convicted churn churned "
    "dropout death died dead mortality readmitted readmission late delinquent delinquency bankrupt bankruptcy violent "
    "violence crime toxic hate risk loss complaint accident bad denied rejected refused ruckfall recidive"
)
_FEWEST_WORDS = 3
_IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")
_GOOD = _vocabulary(
    "yes y true t good approved approve accept accepted granted grant hired hire selected select admitted admit pass "
    "passed paid repaid success successful favourable favorable positive low survived alive graduated invited ja "
    "oui si sim vrai wahr gut bon bueno ok okay harmless kept"
)
_BAD = _vocabulary(
    "no n false f bad denied deny rejected reject refused refuse fail failed default defaulted unfavourable "
    "unfavorable negative high died dead nein non nao faux falsch schlecht mauvais malo"
)


# ---------------------------------------------------------------- roles


def outcome_column(profile: Profile) -> Suggestion | None:
    """The column that probably says what really happened; None where nothing points to one."""
    taken = {s.value for s in (decision_column(profile), score_column(profile), *sensitive_columns(profile)) if s}
    fitting = [c for c in profile.columns if c.name not in taken and _has_few_values(c)]
    named = [c for c in fitting if words(c.name) & _OUTCOME and not _REPEATED.search(c.name)]
    if named:
        best = min(named, key=lambda c: (len(filled(c)) > 2, c is not profile.columns[-1], len(c.name)))
        return Suggestion(best.name, "its name reads like an outcome and it has few values")
    last = profile.columns[-1]
    if last in fitting and len(filled(last)) == 2 and "_" not in last.name:
        return Suggestion(last.name, "it is the last column and has two values")
    return None


def _has_few_values(column: Column) -> bool:
    return column.distinct is not None and 2 <= len(filled(column)) <= _MOST_OUTCOMES


def decision_column(profile: Profile) -> Suggestion | None:
    """The column that probably holds decisions already made; None where nothing points to one."""
    for column in profile.columns:
        named = words(column.name)
        if not _has_few_values(column):
            continue
        if named & _DECISION and not named & _SCORE:
            return Suggestion(column.name, "its name reads like a decision")
        if named & _SCORE and column.kind == "text":
            return Suggestion(column.name, "its name reads like a score, in words")
    return None


def score_column(profile: Profile) -> Suggestion | None:
    """The column that probably holds scores; None where nothing points to one."""
    for column in profile.columns:
        named = words(column.name)
        if column.kind != "number" or len(filled(column)) < 3:
            continue
        if named & _SCORE or (named & _DECISION and is_share(column)):
            return Suggestion(column.name, "its name reads like a score and it holds numbers")
    return None


def text_column(profile: Profile) -> Suggestion | None:
    """The column whose cells are texts of several words, the longest ones; None where none are."""
    lengths = {column.name: _words_each(column) for column in profile.columns if column.kind == "text"}
    longest = max(lengths, key=lambda name: lengths[name], default=None)
    if longest is None or lengths[longest] < _FEWEST_WORDS:
        return None
    return Suggestion(longest, "its cells are texts of several words")


def _words_each(column: Column) -> float:
    texts = filled(column)
    return sum(len(text.split()) for text in texts) / max(1, len(texts))


def image_column(profile: Profile) -> Suggestion | None:
    """The column that probably names image files; None where none does."""
    for column in profile.columns:
        texts = filled(column)
        if texts and sum(text.lower().endswith(_IMAGES) for text in texts) > len(texts) / 2:
            return Suggestion(column.name, "its cells read like the names of image files")
    return None


def lower_is_better(score: str, label: str | None, good_decisions: Iterable[str] = ()) -> Suggestion | None:
    """Whether a low score is probably good for the person, as of a risk, and why; None where nothing says so.

    `label` is the outcome column, `good_decisions` are the values of a decision column that mean: selected.
    """
    low = next((value for value in good_decisions if "low" in words(value)), None)
    if low is not None:
        return Suggestion(score, f'"{low}" is the good decision')
    sources = [name for name in (score, label) if name and words(name) & _BAD_NEWS]
    return Suggestion(score, f'"{sources[0]}" reads like bad news for the person') if sources else None


def is_share(column: Column) -> bool:
    """Whether a column's numbers all lie from 0 to 1."""
    return column.low is not None and column.high is not None and column.low >= 0 and column.high <= 1


def sensitive_columns(profile: Profile) -> tuple[Suggestion, ...]:
    """The columns that probably say something protected about a person, the most usual first.

    At most one for each trait comes before all the others: the one with the fewest values.
    """
    found = [(trait, column) for trait in TRAITS for column in _named_after(trait, profile)]
    first = {trait.name: column.name for trait, column in reversed(found)}
    ordered = sorted(found, key=lambda pair: first[pair[0].name] != pair[1].name)
    unique = {column.name: trait.name for trait, column in reversed(ordered)}
    return tuple(Suggestion(name, READS_LIKE + unique[name]) for name in reversed(unique))


def _named_after(trait: Trait, profile: Profile) -> list[Column]:
    fitting = [column for column in profile.columns if words(column.name) & trait.words and _can_group(column, trait)]
    return sorted(fitting, key=lambda column: column.distinct or FEW_VALUES + 1)


def _can_group(column: Column, trait: Trait) -> bool:
    if len(filled(column)) < 2 or words(column.name) & (_SCORE | _DECISION):
        return False
    return (column.distinct or FEW_VALUES + 1) <= FEW_VALUES or (trait.name == "age" and column.kind == "number")


def identifiers(profile: Profile) -> tuple[str, ...]:
    """Columns whose cells differ in every row, as names and numbers of people do."""
    unique = [column for column in profile.columns if column.unique]
    return tuple(c.name for c in unique if c.kind == "text" or words(c.name) & _NUMBER_OF_A_PERSON)


# ---------------------------------------------------------------- values


def good_value(column: Column) -> Suggestion | None:
    """The value of an outcome or decision that is probably good for the person; None where nothing points to one."""
    texts = filled(column)
    if not 2 <= len(texts) <= _MOST_OUTCOMES:
        return None
    if words(column.name) & _BAD_NEWS:
        says_no = [text for text in texts if _means(text, _BAD) or key(text) == key(0)]
        reason = f'"{column.name}" reads like bad news for the person, and this says no'
        return Suggestion(says_no[0], reason) if says_no else None
    for text in texts:
        if _means(text, _GOOD):
            return Suggestion(text, "this word usually means the good outcome")
    larger = [text for text in texts if text.startswith((">", "≥"))]
    if len(larger) == 1:
        return Suggestion(larger[0], "it is the higher of the two")
    if {key(text) for text in texts} == {key(0), key(1)}:
        return Suggestion(next(text for text in texts if key(text) == key(1)), "1 usually means yes")
    return None


def good_class(names: Iterable[str]) -> str | None:
    """The one class of a model whose name usually means the good outcome; None where none or several do."""
    good = [name for name in names if _means(name, _GOOD)]
    return good[0] if len(good) == 1 else None


def _means(text: str, meanings: frozenset[str]) -> bool:
    said = words(text)
    return bool(said & meanings) and not said & {"not", "kein", "pas"}


def cut_points(column: Column) -> tuple[float, ...]:
    """Where a column of numbers is probably best cut into groups: ages at 40, others near the middle person.

    None for a column of few numbers: each can be a group.
    """
    if column.kind != "number" or _has_few_values(column):
        return ()
    if words(column.name) & TRAITS[2].words and column.low is not None and column.low < 40 < (column.high or 0):
        return AGE_CUTS[0]
    numbers = sorted((float(text), n) for text, n in column.values if is_number(text))
    half, seen = sum(n for _, n in numbers) / 2, 0
    for number, n in numbers:
        seen += n
        if seen > half:
            return (number,)
    return ()


def unknown_texts(profile: Profile) -> dict[str, tuple[str, ...]]:
    """Texts that may mean "not known" but are not taken as missing, each with the columns they stand in."""
    found: dict[str, tuple[str, ...]] = {}
    for column in profile.columns:
        for text in {text.strip() for text, _ in column.values}.intersection(MISSING_LOOKALIKES):
            found[text] = (*found.get(text, ()), column.name)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


# ---------------------------------------------------------------- sentences to confirm


def outcome_sentence(column: str, condition: Condition) -> str:
    """The sentence that confirms which outcome is good for the person."""
    return f'Someone with {condition_words(condition)} in "{column}" got the good outcome.'


def decision_sentence(decision: Decision) -> str:
    """The sentence that confirms from where on a person is selected."""
    if decision.prediction is not None and decision.favourable is not None:
        return f'Someone with {condition_words(decision.favourable)} in "{decision.prediction}" was selected.'
    if decision.score is not None:
        condition = decision.favourable or Condition(at_least=decision.threshold)
        return f'Someone with {condition_words(condition)} in "{decision.score}" is selected.'
    if decision.output == "class":
        return "Someone whom the model puts in the good class is selected."
    threshold = 0.5 if decision.threshold is None else decision.threshold
    return f"Someone is selected when the model gives the good outcome a probability of {threshold:g} or more."


def condition_words(condition: Condition) -> str:
    """A condition as a person would say it."""
    if condition.at_least is not None:
        return f"{condition.at_least:g} or more"
    if condition.below is not None:
        return f"less than {condition.below:g}"
    return " or ".join(f'"{value}"' for value in condition.values)


def export_snippet(message: str) -> str | None:
    """Lines of Python that export a model safely, where this message refuses a model file; else None."""
    return next((refusal.snippet for refusal in (*REFUSED, SAVED_BY_TORCH) if refusal.says in message), None)


# ---------------------------------------------------------------- within


def words(name: str) -> set[str]:
    """The words of a name, in small letters without accents: "ageAtArrest" and "age_at_arrest" are alike."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return {word.casefold() for word in _WORD.findall(plain)}


def filled(column: Column) -> list[str]:
    """A column's texts that are not missing, trimmed, most frequent first; the most frequent ones of very many."""
    return list(dict.fromkeys(text.strip() for text, _ in column.values if text.strip() not in DEFAULT_MISSING))
