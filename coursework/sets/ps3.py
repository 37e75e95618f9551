"""The graders' side of problem set 3."""

from ..task import ProblemSet

PS3 = ProblemSet(name="ps3", title="", tasks=(), essay="essay", essay_points=4)
