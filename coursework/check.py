"""The visible checks: this file is copied into the student's notebook, with a table of answers.

It needs NumPy only. Nothing of it decides a grade: that is done elsewhere, on other inputs.
"""

import numpy as np

CHECKS = {}  # the notebook fills it in: task -> visible cases, right values, known mistakes


def agree(found, right, relative, absolute):
    """Whether an answer equals the right one: same shape, same numbers up to rounding."""
    if isinstance(right, str) or isinstance(found, str):
        texts = isinstance(right, str) and isinstance(found, str)
        return texts and found.strip().casefold() == right.strip().casefold()
    try:
        found, right = np.asarray(found), np.asarray(right, dtype=float)
        if found.dtype.kind not in "biufO":
            return False  # such as numbers written as text
        found = found.astype(float)
    except (TypeError, ValueError, OverflowError):
        return False
    if right.ndim == 0 and found.size == 1:
        found = found.reshape(())  # an array of one number is a number
    if found.shape != right.shape:
        return False
    finite = right[np.isfinite(right)]
    scale = max(1.0, np.abs(finite).max(initial=0.0))
    return np.allclose(found, right, rtol=relative, atol=absolute * scale, equal_nan=True)


def check(task, *answers):
    """Try an answer on the visible cases, and name the mistake if it is a known one."""
    known = CHECKS[task]
    close = known["relative"], known["absolute"]
    if known["cases"] is None:
        found = list(answers)
    else:
        found = []
        for case in known["cases"]:
            copies = [np.array(item) if isinstance(item, list) else item for item in case]
            try:
                found.append(answers[0](*copies))
            except Exception as error:
                found.append(f"{type(error).__name__}: {error}")
    right = list(map(lambda value, other: agree(value, other, *close), found, known["right"]))
    if all(right):
        print(f"{task}: right on {len(right)} of {len(right)} visible answers.")
        return
    says = [
        mistake["says"]
        for mistake in known["mistakes"]
        if all(map(lambda value, other: agree(value, other, *close), found, mistake["values"]))
    ]
    wrong = right.index(False)
    if known["cases"] is None:
        shown = f"{known['answers'][wrong]} is {found[wrong]!r}: not right yet."
    else:
        arguments = ", ".join(str(item) for item in known["cases"][wrong])
        shown = (
            f"{known['answers'][0]}({arguments}) gives {found[wrong]!r},"
            f" but it should give {known['right'][wrong]!r}."
        )
    raise AssertionError(" ".join([shown, "\nPerhaps: " + "\nor: ".join(says) if says else ""]))
