"""What would close a gap, and what that costs: each file is one mechanism, fitted from tables of counts alone."""
