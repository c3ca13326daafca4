"""The weights of a training with weights: as a file, and as a table."""

import streamlit as st

from core.mitigate.training.reweighing import Weights
from core.report.documents.weights import weights_csv
from pages.components import plain, session
from pages.components.help.tip import tip


def download(audit_id: str, weights: Weights) -> None:
    """Show a button for the file."""
    label = "The weights (CSV)"
    key = session.action(audit_id, label)
    st.download_button(label, weights_csv(weights), "weights.csv", "text/csv", key=key, on_click="ignore")


def show(weights: Weights) -> None:
    """Show the weight of each group and outcome."""
    groups = weights.groups
    filled = [g for g in range(len(groups)) if weights.n[g].sum()]
    st.caption("What each row weighs in the training, by group and outcome", help=tip("weights"))
    plain.table(
        {
            "Group": [", ".join(groups.names(g).values()) for g in filled],
            "Good outcome": [f"{weights.values[g, 1]:.3f}" for g in filled],
            "Without the good outcome": [f"{weights.values[g, 0]:.3f}" for g in filled],
        }
    )
