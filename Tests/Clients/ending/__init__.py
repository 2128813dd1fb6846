"""A rollup from its launch to its end, made up from a seed, and the books about what everybody must get back."""
