"""The additive tables that rows end in, and the rules that decide over them."""
