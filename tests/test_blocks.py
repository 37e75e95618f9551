"""What the fast kernels must not change: results at every boundary, threads, memory, errors."""

import math
import os
import threading
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cecourse import _blocks, log_loss, softmax_cross_entropy, softmax_cross_entropy_and_grad
from tests.oracles import epsilons_off
from tests.oracles_losses import mpmath_softmax_cross_entropy

DTYPES = [np.float32, np.float64]


def example(N, K, dtype=np.float64):
    rng = np.random.default_rng([N, K])
    return rng.integers(0, K, N), rng.normal(size=(N, K)).astype(dtype)


def row_by_row(y, z):
    return np.array([softmax_cross_entropy(label, row) for label, row in zip(y, z, strict=True)])


# --- Boundaries ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("K", [1, 2, 3, _blocks.FEW, _blocks.FEW + 1, 127, 128, 129, 256, 257, 511])
@pytest.mark.parametrize("gradient", [False, True])
def test_a_row_costs_the_same_alone_and_among_others(K, dtype, gradient, monkeypatch):
    # Blocks of a few rows, so that there are whole, partial and single-row blocks.
    monkeypatch.setattr(_blocks, "BLOCK", 6 * K)
    monkeypatch.setattr(_blocks, "GROUP", 18 * K)
    monkeypatch.setattr(_blocks, "VECTOR", 6)
    y, z = example(41, K, dtype)
    z[17] *= 300  # rows that leave the fast path, within a block and at its end
    z[18] -= 2000
    z[40] += 1e4
    loss = softmax_cross_entropy_and_grad(y, z)[0] if gradient else softmax_cross_entropy(y, z)
    # Vectors of another length may round otherwise: within the promise of each.
    assert_allclose(loss, row_by_row(y, z), rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("N", [1, 2, _blocks.VECTOR - 1, _blocks.VECTOR, _blocks.VECTOR + 1])
def test_two_classes_at_the_ends_of_a_block(N):
    y, z = example(N, 2)
    d = np.where(y == 0, z[:, 1] - z[:, 0], z[:, 0] - z[:, 1])
    assert_allclose(softmax_cross_entropy(y, z), np.log1p(np.exp(d)), rtol=1e-14)


@pytest.mark.parametrize(
    "K", [1, 2, 16, 17, 32, 33, 34, 63, 64, 65, 100, 127, 128, 129, 160, 255, 256, 300, 1000]
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_row_sums_take_every_number_once(K, dtype):
    powers = np.zeros((K, K), dtype)
    np.fill_diagonal(powers, np.arange(1, K + 1))
    assert_array_equal(_blocks._row_sums(powers), np.arange(1, K + 1))
    whole = np.arange(3 * K, dtype=dtype).reshape(3, K)
    assert_array_equal(_blocks._row_sums(whole), whole.sum(axis=1, dtype=np.float64))


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 41, 4096])
@pytest.mark.parametrize(
    ("columns", "numbers"), [(1, 1), (3, 11), (10, 100), (10, 999), (2000, 64)]
)
def test_slices_are_even_and_hold_every_row_once(rows, columns, numbers):
    slices = _blocks.row_slices(rows, columns, numbers)
    assert [i for part in slices for i in range(part.start, part.stop)] == list(range(rows))
    lengths = [part.stop - part.start for part in slices]
    assert all(length * columns <= max(numbers, columns) for length in lengths)
    room_for_four = numbers >= 4 * columns
    assert all(length % 4 == 0 for length in lengths[:-1] if room_for_four)
    assert len(set(lengths[:-1])) <= 1


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("K", [3, 10, _blocks.FEW])
@pytest.mark.parametrize("shift", [2000, -2000, -700, -88])
def test_a_row_out_of_range_leaves_the_rows_beside_it_alone(shift, K, dtype):
    """Four rows share a product: an infinity or a NaN of one must not reach the others."""
    y, z = example(23, K, dtype)
    expected = softmax_cross_entropy_and_grad(y, z)
    for row in [0, 5, 6, 22]:
        shifted = z.copy()
        shifted[row] += shift
        others = np.arange(23) != row
        for found, right in zip(softmax_cross_entropy_and_grad(y, shifted), expected, strict=True):
            assert_allclose(found[others], right[others], rtol=8 * np.finfo(dtype).eps)
        assert_allclose(found[row].sum(), 0, atol=K * np.finfo(dtype).eps)


@pytest.mark.parametrize("K", [3, 77])
@pytest.mark.parametrize("spread", [0, 5, 200])
def test_pair_sums_are_exact_to_twice_the_precision(K, spread):
    rng = np.random.default_rng(0)
    e = np.exp(rng.normal(size=(20, K)) * 3 + spread * rng.uniform(-1, 1, size=(20, 1)))
    high, low = _blocks._pair_sums(e, e.sum(axis=1))
    for row, one_high, one_low in zip(e, high, low, strict=True):
        exact = sum(map(_fraction, row))
        error = abs(float(_fraction(one_high) + _fraction(one_low) - exact) / float(exact))
        assert error <= 2.0**-80


def _fraction(x):
    from fractions import Fraction

    return Fraction(float(x))


def test_the_boundary_of_near_and_far_losses():
    """A loss below 2.2 gets an exact sum; either side of the switch keeps the promise."""
    for lead in np.linspace(2, 6, 40):
        z = np.full(100, 0.1)
        z[0] = lead
        exact = mpmath_softmax_cross_entropy(0, z)
        assert epsilons_off(softmax_cross_entropy(0, z), exact, np.float64) <= 2


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("K", [10, 100])
@pytest.mark.parametrize("every", [1, 100])
def test_small_losses_rare_or_common_are_exact(every, K, dtype, monkeypatch):
    """Few small losses are done at the end, many at once, those of logits overwritten at once."""
    monkeypatch.setattr(_blocks, "VECTOR", 300)
    y, z = example(1000, K, dtype)
    sure = np.arange(7, 1000, every)
    z[sure, y[sure]] += 12
    z[500] += 3000  # out of range, and among them
    z[600] = -800  # a sum of zero, whose odds look small
    z[600, y[600]] = -100
    before = z.copy()
    alone = softmax_cross_entropy(y, z)
    loss, gradient = softmax_cross_entropy_and_grad(y, z)
    in_place, _ = softmax_cross_entropy_and_grad(y, z, out=z)
    assert_array_equal(z, gradient)
    assert_array_equal(in_place, loss)
    for i in [*sure[:: len(sure) // 5], 500, 600]:
        exact = mpmath_softmax_cross_entropy(y[i], before[i])
        promised = 2 if dtype == np.float64 else 4
        assert epsilons_off(alone[i], exact, dtype) <= promised
        assert epsilons_off(loss[i], exact, dtype) <= promised


@pytest.mark.parametrize("K", [2, 20, 200])
def test_every_row_may_leave_the_fast_path(K):
    y, z = example(500, K)
    shifted = z + 2000  # exp(2000) is infinite
    assert_allclose(softmax_cross_entropy(y, shifted), row_by_row(y, shifted), rtol=4 * 2.0**-52)


# --- Threads ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("K", [2, 10, 100, 3000])
def test_the_result_does_not_depend_on_the_threads(K, dtype, monkeypatch):
    y, z = example(1_200_000 // K, K, dtype)
    results = []
    for threads in ["1", "2"]:
        monkeypatch.setenv("CECOURSE_THREADS", threads)
        loss, gradient = softmax_cross_entropy_and_grad(y, z)
        results.append((softmax_cross_entropy(y, z), loss, gradient))
    for one, two in zip(*results, strict=True):
        assert_array_equal(one, two)


def processors():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (None, processors()),
        ("1", 1),
        ("1000", processors()),
        ("0", processors()),
        ("-3", processors()),
        ("two", processors()),
    ],
)
def test_thread_count(setting, expected, monkeypatch):
    monkeypatch.delenv("CECOURSE_THREADS", raising=False)
    if setting is not None:
        monkeypatch.setenv("CECOURSE_THREADS", setting)
    assert _blocks.thread_count(10**6, 1000) == expected
    assert _blocks.thread_count(10**9, 2) == 1  # steps too short to share
    assert _blocks.thread_count(10, 1000) == 1


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_for_each_does_every_part_once(threads):
    done = []
    _blocks.for_each(done.append, range(100), threads)
    assert sorted(done) == list(range(100))


@pytest.mark.parametrize("threads", [1, 3])
def test_an_exception_in_a_part_is_raised_and_stops_the_others(threads):
    done = []

    def work(part):
        if part == 3:
            raise KeyError(part)
        done.append(part)

    with pytest.raises(KeyError):
        _blocks.for_each(work, range(10_000), threads)
    assert len(done) < 10_000


def test_no_thread_is_left_behind():
    y, z = example(20_000, 100)
    before = threading.active_count()
    softmax_cross_entropy(y, z)
    assert threading.active_count() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_works_as_well():
    y, z = example(20_000, 100)
    expected = softmax_cross_entropy(y, z)
    child = os.fork()
    if child == 0:  # exit at once, without pytest's own ending
        os._exit(0 if np.array_equal(softmax_cross_entropy(y, z), expected) else 1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("K", [2, 10, 100])
def test_bad_logits_are_found_by_whichever_thread_meets_them(K, monkeypatch):
    monkeypatch.setenv("CECOURSE_THREADS", "2")
    y, z = example(1_000_000 // K, K)
    z[len(z) // 3, K - 1] = np.nan
    with pytest.raises(ValueError, match=rf"found nan at index \({len(z) // 3}, {K - 1}\)"):
        softmax_cross_entropy(y, z)


# --- Memory and settings ---------------------------------------------------------------------


def peak_beside(call, *results):
    """Bytes that a call takes at most, less those of the results that it hands back."""
    call()
    tracemalloc.start()
    try:
        given = call()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    kept = given if isinstance(given, tuple) else (given,)
    return peak - sum(array.nbytes for array in kept if isinstance(array, np.ndarray))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("N", "K"), [(8_000_000, 2), (1_600_000, 10), (160_000, 100), (500, 32_000)]
)
def test_extra_memory_is_a_twentieth_of_the_input(N, K, dtype):
    N = N * 4 // np.dtype(dtype).itemsize  # 64 MB
    z = np.zeros((N, K), dtype)
    z += np.arange(K, dtype=dtype) % 3
    y = np.arange(N) % K
    limit = 0.05 * z.nbytes
    assert peak_beside(lambda: softmax_cross_entropy(y, z)) <= limit
    assert peak_beside(lambda: softmax_cross_entropy_and_grad(y, z)) <= limit
    z /= z.sum(axis=1, keepdims=True, dtype=dtype)
    assert peak_beside(lambda: log_loss(y, z, labels=range(K))) <= limit


def test_the_settings_of_numpy_are_left_as_they_were():
    y, z = example(5000, 1000)
    before = np.geterr(), np.getbufsize()
    softmax_cross_entropy_and_grad(y, z)
    assert (np.geterr(), np.getbufsize()) == before


def test_no_warning_leaks_whatever_the_settings():
    y = np.array([0, 1, 0])
    z = np.array([[0, -np.inf, -np.inf], [1e308, -1e308, 0], [-745.1, 709.9, 3]])
    with np.errstate(all="raise"):
        loss = softmax_cross_entropy(y, z)
        softmax_cross_entropy_and_grad(y, z)
        log_loss([0, 1], [[1.0, 0.0], [1.0, 0.0]])
    assert_array_equal(loss[:2], [0, math.inf])
