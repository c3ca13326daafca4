"""What a model looks at, for whom: explanations of single rows, added up over groups of people.

Everything that sees rows or opens a model runs in a job process; pages read the additive tables of `attribution` and
`paired`, and what `heatmap` and `moved` say of them.
"""
