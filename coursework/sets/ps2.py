"""Problem set 2: cross-entropy and KL divergence."""

from ..task import ProblemSet

PS2 = ProblemSet(name="ps2", title="Cross-entropy and KL divergence", tasks=(), essay="essay", essay_points=4)
