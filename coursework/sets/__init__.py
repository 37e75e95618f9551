"""The graders' side of the problem sets, by name."""

from .ps1 import PS1
from .ps2 import PS2
from .ps3 import PS3
from .ps4 import PS4

SETS = {problem_set.name: problem_set for problem_set in (PS1, PS2, PS3, PS4)}
