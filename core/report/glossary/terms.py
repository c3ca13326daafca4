"""The words of the pages that a newcomer may not know: one table, read by the Help page and by every question mark."""

from __future__ import annotations

from functools import partial

from core.catalogue import table
from core.metrics.policies import DEFAULT_DIFFERENCE, DEFAULT_RATIO, POLICIES
from core.metrics.words import points_words
from core.report.glossary.pictures import counted, decisions, explained, ranges, tables
from core.report.glossary.term import Term as Term
from core.report.glossary.terms_over_time import OVER_TIME

_LIMITS = f"{DEFAULT_RATIO:.2f} to {1 / DEFAULT_RATIO:.2f} times, and {points_words(DEFAULT_DIFFERENCE)}"

TERMS = table(
    Term(
        "sensitive_column", "Sensitive column",
        "A column that says who belongs to which group, such as sex or age.",
        ("The groups of each sensitive column are compared.",
         "A model need not read the column to treat its groups differently."),
        partial(tables.column, "it says who belongs to which group"),
    ),
    Term(
        "comparison_group", "Comparison group",
        "The group that the others are compared with: the largest one, unless you choose another.",
        ("It is no ideal, and the mark goes to whoever is worse off.",
         "Choosing another one compares other pairs of the same people."),
        partial(counted.two_groups, 8, 5, False),
    ),
    Term(
        "crossed_columns", "Crossed columns",
        "Groups made by two or three columns at once, such as young women.",
        ("A gap can hide where columns meet that neither of them shows alone.",
         "Such groups are smaller, so more of them stay “can't tell yet”."),
        tables.crossed,
    ),
    Term(
        "cut_points", "Cut points",
        "The numbers at which a column such as age is cut into groups.",
        ("Two cut points make three groups.", "Choose them before you see the result: other cuts give other gaps."),
        tables.cut,
    ),
    Term(
        "worse_off", "Worse off",
        "The group of a pair that gets the good answer less often, or is wrongly denied more often.",
        ("The mark of a gap belongs to it, whichever group the others are compared with.",
         "It says nothing about why."),
        counted.two_groups,
    ),
    Term(
        "selected", "Selected",
        "Gets the good answer: the loan, the job, the benefit.",
        ("It is what was decided, not what happened later.", "Whoever is not selected is refused."),
        decisions.threshold,
    ),
    Term(
        "good_outcome", "Good outcome",
        "What really happened, where it is good: the loan was repaid, the need was real.",
        ("It stands in the outcome column of your table.",
         "Without such a column nobody can say who was wrongly denied."),
        partial(tables.outcomes, True),
    ),
    Term(
        "other_outcome", "Without the good outcome",
        "What really happened, where it is not good: the loan was not repaid.",
        ("Somebody without the good outcome who is selected is “wrongly granted”.",
         "An empty cell is neither: of these people the outcome is not known.",
         "A file of weights calls it “the other outcome”."),
        partial(tables.outcomes, False),
    ),
    Term(
        "score", "Score",
        "The number that a model gives each person; the decision follows from it.",
        ("Often it is the probability of the good outcome.",
         "The same score brings the same answer, unless a rule looks at the group or draws lots."),
        counted.of_score,
    ),
    Term(
        "threshold", "Threshold",
        "The score from which on somebody is selected.",
        ("Where low scores are the good ones, it is the score below which somebody is selected.",
         "Moving it on the Audit page changes picture and table, never the answer."),
        decisions.threshold,
    ),
    Term(
        "plausible_range", "Plausible range",
        "Where the true number may lie, given how many people were counted.",
        ("Few people make it wide, many make it narrow.",
         "Made this way, 95 of 100 ranges hold the true number, unless your plan asks for more."),
        ranges.few_and_many,
    ),
    Term(
        "chance", "Chance",
        "How often so large a difference would turn up by luck, if groups were treated alike.",
        ("“Fewer than 1 in 1,000” means that luck hardly explains it.",
         "Where many groups are compared at once, more is asked before a gap counts."),
        ranges.chance,
    ),
    Term(
        "limit", "Limit, acceptable",
        "How far apart groups may be before it counts as a gap.",
        (f"It is {_LIMITS}, unless you say otherwise under “More choices” on the Data page.",
         "It is a convention, and no law."),
        ranges.limits,
    ),
    Term(
        "points", "Points",
        "The difference between two percentages: 57 % and 77 % are 20 points apart.",
        ("Points tell how many more of 100 people it would be.", "Equal points weigh more where both rates are small."),
        ranges.points_apart,
    ),
    Term(
        "times", "Times as often",
        "One percentage divided by another: 57 % is 0.74 times 77 %.",
        ("1.00 times is equally often.",
         "It reacts strongly where both percentages are small, so read the points too."),
        partial(counted.two_groups, 8, 6, False),
    ),
    Term(
        "four_fifths", "Four-fifths",
        "A rule of thumb: each group is selected at least four fifths as often as any other.",
        (f"It is {POLICIES['four_fifths'].reads}.",
         "Keeping to it says nothing about why groups differ, and settles no question of law."),
        partial(counted.two_groups, 10, 8, False),
    ),
    Term(
        "goal", "Goal",
        "What a fix is to make equal between groups, and how far apart they may stay.",
        ("A goal is met if the whole plausible range lies within what you accept.",
         "Different goals can speak against each other: choose the one that fits the harm."),
        decisions.frontier,
    ),
    Term(
        "least_cost", "Among fixes that reach it",
        "Which fix to take of those that reach the goal: the one that costs least in what you choose.",
        ("The cost can be wrong decisions, or a price of your own for each kind of mistake.",
         "Nothing costs nothing: each fix says what gets worse."),
        decisions.frontier,
    ),
    Term(
        "lots", "Lots",
        "A draw: two people with the same score can get different answers.",
        ("Some fixes need lots to make groups equal.", "Ask first whether a draw is acceptable where you decide."),
        decisions.lots,
    ),
    Term(
        "price_on_the_gap", "Price on the gap",
        "While a model is trained, a gap between groups counts as a mistake; the price says how large.",
        ("A higher price leaves a smaller gap, and often more wrong decisions.",
         "Several prices are tried; the strength in a fix's title says how hard each presses."),
        decisions.price,
    ),
    Term(
        "weights", "Weights",
        "Numbers that say how much each row counts.",
        ("In a survey, a row weighs more where it stands for more people.",
         "In training, combinations of group and outcome that are rare weigh more."),
        partial(decisions.training, needs_weights=True),
    ),
    Term(
        "stand_in", "Stand-in",
        "A simple model that is trained in place of yours, where only its answers are in the table.",
        ("It learns from the columns that you allow.",
         "It shows what a fix could do, not what your own model would do."),
        decisions.stand_in,
    ),
    Term(
        "set_aside", "Set aside",
        "People on whom a fix was not made, so that it can be judged on them.",
        ("A fix always looks good on the people it was made on.", "How many are set aside stands beside each number."),
        decisions.set_aside,
    ),
    Term(
        "levelling_down", "No group gains",
        "Levelling down: groups come nearer to each other only because some are selected less often.",
        ("Nobody is better off by it, so another fix that reaches the goal is preferred.",
         "Where none does, who loses stands beside the reason."),
        partial(counted.two_groups, 6, 5, False),
    ),
    Term(
        "beaten", "Beaten by another",
        "Another fix leaves a smaller gap and costs less.",
        ("The picture shows beaten fixes pale.", "They stay in the list, since they may need no group when deciding."),
        decisions.frontier,
    ),
    Term(
        "goes_along", "Goes along with",
        "A column from which the group can partly be told, such as a district or a first name.",
        ("A model can tell groups apart by it without ever reading the sensitive column.",
         "Leaving the sensitive column out does not help then."),
        tables.gives_away,
    ),
    Term(
        "moves_the_score", "Moves the score",
        "By how many points of 100 a column raises or lowers somebody's score.",
        ("It says what the model uses, not why the world is as it is.",
         "Checks beside the picture say how far it can be trusted."),
        explained.weighed,
    ),
    Term(
        "second_opinion", "Second opinion",
        "The same numbers, computed once more by AIF360, a well-known library by others.",
        ("Where the two differ, the Audit page says so.", "It is a check of the arithmetic, and not of your data."),
        tables.agreeing,
    ),
    *OVER_TIME,
    Term(
        "plan", "Plan",
        "The question of an audit as a small text file: which columns, which model, which limits.",
        ("Whoever has the plan and the table can repeat the audit.", "You can download it and put it in again."),
        partial(tables.column, "the plan names it"),
    ),
    Term(
        "report", "Report",
        "An audit as a document: one page for who decides, tables for policy, or every number.",
        ("It is one file that opens without a network and prints.",
         "What you choose for it changes no number, and is kept in the plan."),
        tables.sheet,
    ),
    Term(
        "flip", "Flip",
        "A decision that is another one after the change: a person newly selected, or newly turned down.",
        ("Two models can select equally many and still flip many decisions.",
         "Whether flips fall on one group is tested against all others of its column."),
        partial(decisions.rule, False, False),
    ),
    Term(
        "same_people", "The same people twice",
        "Both models decided about the same people, so that each person's two decisions are known.",
        ("Chance in who was drawn then falls out of the difference, and its range is narrower.",
         "Of two audits of different people the range is wider than necessary."),
        partial(tables.column, "each person has two decisions"),
    ),
    Term(
        "record", "Record",
        "What is kept of an audit: its plan and counts of people, never a row.",
        ("Every number can be computed from it again.",
         "A count of one person is personal data: treat records as confidential."),
        tables.goes,
    ),
    Term(
        "gate", "Gate",
        "A check of a new model: it fails where a gap broke its limit or got worse.",
        ("It is the command plumbline gate, for those who build models.",
         "Where too few people were counted it says so, and does not call that a pass."),
        tables.agreeing,
    ),
    Term(
        "worsening", "Worsening",
        "By how much a gap is farther from equality than in an earlier audit, whichever group is ahead.",
        ("Of a ratio it is a factor: from 0.75 to 0.50 times as often is 1.50 times as far.",
         "What so many people “could show” is the worsening that would be found four times of five."),
        ranges.points_apart,
    ),
    Term(
        "receipt", "Receipt",
        "A small file that shows whether a report or a result was changed since it was made.",
        ("The command plumbline verify checks a file against it.",
         "This computer seals it; a person signs on the Report page."),
        tables.agreeing,
    ),
    Term(
        "ledger", "Ledger",
        "A list on this computer of all audits that came to a result, to which is only added.",
        ("Whoever changes an entry, or takes one out, is found out.", "Receipts say where in it an audit stands."),
        partial(tables.column, "each audit has its place in the list"),
    ),
    Term(
        "model_card", "Model card",
        "A short text that goes with a model: what it decides, for whom, and how well.",
        ("It also says what was not looked at.", "The Report page has it among “Other files”, as Markdown."),
        tables.sheet,
    ),
)  # fmt: skip
