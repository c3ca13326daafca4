"""An audit and the audit of its fix, as a pair: what the fix was for, before beside after, and what got worse."""
