"""How jobs share this machine: whose turn it is, and what each of them holds."""
