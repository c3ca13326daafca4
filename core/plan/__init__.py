"""The question an audit answers: what a plan file may say, read strictly and written so that it reads the same."""
