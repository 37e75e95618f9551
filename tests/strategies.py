"""What the property tests draw: distributions with the corners left in.

Probabilities range over 300 powers of ten, are often 0 and often equal. A drawn distribution
sums to 1 up to the rounding of one division per entry.
"""

import math

import numpy as np
from hypothesis import strategies as st

_weights = st.one_of(
    st.floats(0, 1, allow_subnormal=False),
    st.floats(1e-6, 1),
    st.sampled_from([0.0, 1.0, 1e-300, 1e-20, 1e-8]),
)
_positive_weights = st.one_of(st.floats(1e-6, 1), st.sampled_from([1.0, 1e-300, 1e-20, 1e-8]))


@st.composite
def distributions(draw, outcomes=None, at_least=1, at_most=8, positive=False):
    """A float64 distribution; `outcomes` fixes K, `positive` leaves out zeros."""
    K = draw(st.integers(at_least, at_most)) if outcomes is None else outcomes
    weights = draw(st.lists(_positive_weights if positive else _weights, min_size=K, max_size=K))
    if max(weights) < 1e-290:  # dividing by a smaller total would round too much
        weights[0] = 1.0
    return np.array(weights) / math.fsum(weights)


@st.composite
def pairs(draw, at_most=8, positive=False):
    """Two distributions over the same outcomes; about every third pair is nearly equal."""
    p = draw(distributions(at_most=at_most, positive=positive))
    if draw(st.integers(0, 2)) > 0:
        return p, draw(distributions(outcomes=len(p), positive=positive))
    size = draw(st.sampled_from([1e-1, 1e-4, 1e-8, 1e-13]))
    change = st.lists(st.floats(-1, 1), min_size=len(p), max_size=len(p))
    weights = p * (1 + size * np.array(draw(change)) / 2)
    return p, weights / math.fsum(weights)


@st.composite
def joints(draw, at_most=4):
    """A joint distribution of X (rows) and Y (columns)."""
    J, K = draw(st.integers(1, at_most)), draw(st.integers(1, at_most))
    return draw(distributions(outcomes=J * K)).reshape(J, K)


@st.composite
def channels(draw, inputs, at_most=4):
    """A matrix whose rows are the distributions of the output for each input."""
    outputs = draw(st.integers(1, at_most))
    return np.stack([draw(distributions(outcomes=outputs)) for _ in range(inputs)])
