"""Small numbers of people, kept out of documents on request: which are hidden, and what is hidden beside them."""
