"""Sums of pieces: the same digits as the whole, whatever the pieces, and on a Dask cluster."""

import itertools
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cecourse import LogLossSum, log_loss
from cecourse.streaming import _exact_sum

LABELS = ["a", "b", "c"]


def chunk(seed, N=1000, K=3):
    """Reproducible data, made where they are needed."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(K, 0.05), N)
    p = np.maximum(p, 1e-300)
    return np.array(LABELS)[rng.integers(0, K, N)], p / p.sum(axis=1, keepdims=True)


def whole(chunks):
    return np.concatenate([y for y, _ in chunks]), np.concatenate([p for _, p in chunks])


def test_chunks_give_the_value_of_the_whole():
    chunks = [chunk(seed) for seed in range(5)]
    total = LogLossSum(LABELS)
    for y, p in chunks:
        total.update(y, p)
    y, p = whole(chunks)
    assert total.result() == log_loss(y, p)
    assert total.result(normalize=False) == log_loss(y, p, normalize=False)
    assert total.examples == 5000


def test_chunks_of_float32_give_the_value_of_the_whole_but_for_the_last_digits():
    chunks = [(y, np.maximum(p, 1e-30).astype(np.float32)) for y, p in map(chunk, range(5))]
    total = LogLossSum(LABELS)
    for y, p in chunks:
        total.update(y, p)
    # Each logarithm is within 0.53 epsilons, of one probability or of the product of two.
    assert total.result() == pytest.approx(log_loss(*whole(chunks)), rel=2 * 2.0**-52, abs=0)


@given(
    cuts=st.lists(st.integers(1, 399), max_size=12),
    order=st.randoms(use_true_random=False),
    weighted=st.booleans(),
)
def test_the_result_is_the_same_to_the_last_bit_however_the_data_are_cut(cuts, order, weighted):
    y, p = chunk(7, N=400)
    weight = np.random.default_rng(0).exponential(size=400) if weighted else None
    once = LogLossSum(LABELS).update(y, p, sample_weight=weight)
    edges = [0, *sorted(set(cuts)), 400]
    parts = []
    for start, stop in itertools.pairwise(edges):
        w = None if weight is None else weight[start:stop]
        parts.append(LogLossSum(LABELS).update(y[start:stop], p[start:stop], sample_weight=w))
    order.shuffle(parts)
    merged = parts[0]
    for part in parts[1:]:
        merged = part.merge(merged) if order.random() < 0.5 else merged.merge(part)
    assert merged.result() == once.result() == log_loss(y, p, sample_weight=weight)
    assert merged.examples == 400


@given(x=st.lists(st.floats(0, 1e300), min_size=1, max_size=50))
def test_exact_sum_is_exact(x):
    units, infinite = _exact_sum(np.array(x))
    assert not infinite
    assert Fraction(units, 2**1126) == sum(map(Fraction, x))


def test_exact_sum_of_the_extremes():
    x = [5e-324, 1.7976931348623157e308, 0.0, 2.0**-1022, math.inf]
    units, infinite = _exact_sum(np.array(x))
    assert infinite
    assert Fraction(units, 2**1126) == sum(map(Fraction, x[:-1]))


def test_pickling_keeps_the_state():
    total = LogLossSum(LABELS).update(*chunk(0))
    again = pickle.loads(pickle.dumps(total))
    assert again.result() == total.result()
    assert again.merge(total).result() == total.result()  # twice the data, the same average
    assert len(pickle.dumps(total)) < 2000


def test_a_chunk_may_lack_labels_and_columns_follow_their_order():
    total = LogLossSum(["c", "a", "b"]).update(["b"], [[0.25, 0.5, 0.25]])
    assert total.labels.tolist() == LABELS
    assert total.result() == math.log(2)


def test_one_number_is_the_probability_of_the_second_label():
    total = LogLossSum([False, True]).update([True, True], [0.5, 0.25]).update([False], [0.5])
    assert total.result() == pytest.approx(4 * math.log(2) / 3, rel=2**-51)


def test_infinity_stays_and_a_weight_of_zero_hides_it():
    wrong = LogLossSum([0, 1]).update([1], [[1.0, 0.0]])
    assert wrong.result() == math.inf
    assert LogLossSum([0, 1]).merge(wrong).result() == math.inf
    hidden = LogLossSum([0, 1]).update([1, 1], [[1.0, 0.0], [0.5, 0.5]], sample_weight=[0, 3])
    assert hidden.result() == math.log(2)
    later = LogLossSum([0, 1]).update([1], [[1.0, 0.0]], sample_weight=[0]).merge(hidden)
    assert later.result() == math.log(2)


def test_repr_says_what_it_holds():
    assert repr(LogLossSum([1, 0])) == "LogLossSum(labels=[0, 1], examples=0)"


REFUSED = {
    "unknown label": (["a", "x"], [[1, 0, 0]] * 2, None, "y must hold only the labels"),
    "rows that sum to 0.9": (["a", "b"], [[1, 0, 0], [0.9, 0, 0]], None, "p must sum to 1"),
    "too few columns": (["a", "b"], [[1, 0]] * 2, None, "labels must hold as many labels"),
    "lengths": (["a"], [[1, 0, 0]] * 2, None, "y must have shape"),
    "negative weight": (["a"], [[1, 0, 0]], [-1], "sample_weight must not be negative"),
}


@pytest.mark.parametrize(("y", "p", "weight", "message"), REFUSED.values(), ids=REFUSED)
def test_a_refused_update_changes_nothing(y, p, weight, message):
    total = LogLossSum(LABELS).update(*chunk(0))
    before = pickle.dumps(total)
    with pytest.raises(ValueError, match=message):
        total.update(y, p, sample_weight=weight)
    assert pickle.dumps(total) == before


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: LogLossSum(["a"]), ValueError, "labels must hold at least two labels"),
        (lambda: LogLossSum([0, 1]).result(), ValueError, "found no examples"),
        (lambda: LogLossSum([0, 1]).merge(3), TypeError, "other must be a LogLossSum; found int"),
        (lambda: LogLossSum([0, 1]).merge(LogLossSum([0, 2])), ValueError, "labels must agree"),
        (lambda: LogLossSum([0, 1]).merge(LogLossSum([0, 1, 2])), ValueError, "labels must agree"),
        (
            lambda: LogLossSum([0, 1]).update([1], [0.5], sample_weight=[0]).result(),
            ValueError,
            "sample_weight must hold a positive weight",
        ),
    ],
    ids=["one label", "nothing", "no sum", "other labels", "more labels", "weightless"],
)
def test_rejection(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_two_dask_workers_give_the_value_of_the_whole(tmp_path):
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    seeds = range(6)

    @dask.delayed
    def summarise(seed):  # the data are made on the worker and never leave it
        return LogLossSum(LABELS).update(*chunk(seed))

    @dask.delayed
    def merge(first, second):
        return pickle.loads(pickle.dumps(first)).merge(second)

    with (
        dask.config.set({"distributed.admin.tick.limit": "1h"}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        parts = [summarise(seed) for seed in seeds]
        while len(parts) > 1:
            pairs = list(zip(parts[::2], parts[1::2], strict=False))
            parts = [merge(*pair) for pair in pairs] + parts[2 * len(pairs) :]
        total = client.compute(parts[0]).result()
    y, p = whole([chunk(seed) for seed in seeds])
    assert total.result() == log_loss(y, p)
    assert total.examples == len(y)
