"""Alarms told to people: by a webhook or by e-mail, to nobody whom the operator has not named, once each."""
