"""The graders' side of problem set 4."""

from ..task import ProblemSet

PS4 = ProblemSet(name="ps4", title="", tasks=(), essay="essay", essay_points=4)
