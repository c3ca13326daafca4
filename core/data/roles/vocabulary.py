"""The words that columns and values are known by: traits of people, outcomes, decisions, good news and bad."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


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
OUTCOME = _vocabulary(
    "label labels target outcome outcomes y class truth actual observed result income default defaulted recid "
    "recidivism repaid paid survived graduated passed churn readmitted fraud success bad good ergebnis resultat "
    "resultado ziel"
)
DECISION = _vocabulary(
    "decision decisions decided prediction predictions predicted predict pred preds yhat approved approval accepted "
    "admitted hired selected granted shortlisted invited recommended recommendation entscheidung vorhersage"
)
SCORE = _vocabulary(
    "score scores prob probs proba probability probabilities decile likelihood logit rating risk wahrscheinlichkeit "
    "punktzahl probabilite probabilidad"
)
BAD_NEWS = _vocabulary(
    "recid recidivism reoffend reoffended default defaulted fraud arrest arrested charged convicted churn churned "
    "dropout death died dead mortality readmitted readmission late delinquent delinquency bankrupt bankruptcy violent "
    "violence crime toxic hate risk loss complaint accident bad denied rejected refused ruckfall recidive"
)
GOOD = _vocabulary(
    "yes y true t good approved approve accept accepted granted grant hired hire selected select admitted admit pass "
    "passed paid repaid success successful favourable favorable positive low survived alive graduated invited ja "
    "oui si sim vrai wahr gut bon bueno ok okay harmless kept"
)
BAD = _vocabulary(
    "no n false f bad denied deny rejected reject refused refuse fail failed default defaulted unfavourable "
    "unfavorable negative high died dead nein non nao faux falsch schlecht mauvais malo"
)


def words(name: str) -> set[str]:
    """The words of a name, in small letters without accents: "ageAtArrest" and "age_at_arrest" are alike."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return {word.casefold() for word in _WORD.findall(plain)}


def means(text: str, meanings: frozenset[str]) -> bool:
    """Whether a value says one of these, and says it plainly: "not approved" does not mean approved."""
    said = words(text)
    return bool(said & meanings) and not said & {"not", "kein", "pas"}
