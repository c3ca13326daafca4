"""Which files are models, and what to do about one that was refused."""

from __future__ import annotations

from core.models import readable as readable
from core.models.refusals.glance import is_model as is_model
from core.models.refusals.snippets import SNIPPETS as SNIPPETS
