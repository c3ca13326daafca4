"""Twelve months of invented loans, so that a newcomer sees what the page will say."""

from __future__ import annotations

import gzip
import json

import streamlit as st

from core.record import AuditRecord
from core.record.series import Series
from core.samples import LOANS_OVER_TIME
from pages.components.over_time.followed import Followed


@st.cache_resource(show_spinner=False)
def months() -> Followed:
    """The sample's months; none of them is an audit that could be opened."""
    documents = json.loads(gzip.decompress(LOANS_OVER_TIME.read_bytes()))
    return Followed(Series.of([AuditRecord.from_json(document) for document in documents]), {}, ())
