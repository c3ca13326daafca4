"""How a gap moved from one audit to another, in words whose subject is whoever is worse off."""
