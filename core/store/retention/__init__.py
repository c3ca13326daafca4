"""What may stay of an audit once the uploaded rows have gone, and what goes with them."""
