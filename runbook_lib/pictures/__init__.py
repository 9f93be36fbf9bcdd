"""Pictures drawn from journals alone: the cluster as it was read, and what happened when.

Each is an SVG that stands by itself (no fonts, no scripts, no files from elsewhere), on white, with a table of the same
beside it in words.  An outcome is told by its sign, its lightness and its pattern before its colour.
"""
