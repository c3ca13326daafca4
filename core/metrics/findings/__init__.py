"""The answer: what an audit has to tell, in which order, and in words that a policy person can repeat."""
