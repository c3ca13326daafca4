"""What every word, verdict, measure, fix and method means, in plain words with a small picture: the Help page."""
