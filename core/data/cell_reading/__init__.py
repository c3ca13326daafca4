"""A profiled table as a plan reads it: cells trimmed, columns read as numbers, and what to do where one is not read."""

from core.data.cell_reading.profile_as_read import as_read as as_read
