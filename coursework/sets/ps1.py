"""Problem set 1: surprise, entropy and codes."""

from ..task import ProblemSet

PS1 = ProblemSet(name="ps1", title="Surprise, entropy and codes", tasks=(), essay="essay", essay_points=4)
