"""Tables of people: read, profiled, filtered, coded and split."""
