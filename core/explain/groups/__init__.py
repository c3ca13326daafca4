"""Explanations summed over groups of people: attribution, differences, exemplars."""
