"""Print every equation of the named files with its verdict."""

import sys

from tests.equations.collect import equations
from tests.equations.report import verdict


def main(paths):
    bad = 0
    for path in paths:
        for equation in equations(path):
            result, why = verdict(equation)
            if result == "no formula":
                continue
            bad += result in ("WRONG", "UNREADABLE")
            print(f"{result:<14} {equation.id}: {' '.join(equation.latex.split())}")
            if why:
                print(f"{'':<14} {why}")
    return bad


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
