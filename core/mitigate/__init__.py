"""What would close a gap, and what that costs: each file is one mechanism.

From Python, in a training of your own: `from core.mitigate import equal_opportunity_gap`.
"""

from core.mitigate.training.fairness_loss import demographic_parity_gap as demographic_parity_gap
from core.mitigate.training.fairness_loss import equal_opportunity_gap as equal_opportunity_gap
from core.mitigate.training.fairness_loss import equalized_odds_gap as equalized_odds_gap
from core.mitigate.training.fairness_loss import predictive_equality_gap as predictive_equality_gap
from core.mitigate.training.fairness_loss import smooth_decisions as smooth_decisions
