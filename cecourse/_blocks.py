"""Row kernels for the losses: the one place written for speed.

The mathematics is that of `losses` and `gradients`; here is how it is made fast. Four ideas carry
the module.

- Rows are taken in blocks that fit the cache. Every step of NumPy on a block finds its numbers
  there instead of in memory, and no temporary array is as large as the input.
- exp(z) is taken without first subtracting the largest logit. That saves a pass and is more
  accurate, because a subtraction rounds. Where it overflows or underflows, or where a logit is
  not a number, the sums show it: such rows are done again by `_carefully`.
- The loss is log1p(odds), with odds the sum of the other exponentials over that of the label.
  Where the odds are small, a rounding error of the sum reaches the loss: such rows are done again
  by `_small_losses`, with an exact sum.
- Sums over the classes are products with ones (SIMD, few roundings in a row): a vector of them
  for each row, or, where rows are short, a matrix for four rows at a time.

Two classes need one exponential a row, and have a kernel of their own.

Threads share the rows. A NumPy function that works on a block lets the other threads run. Their
number is that of the processors at hand, or the environment variable CECOURSE_THREADS; the result
does not depend on it, bit for bit.
"""

import functools
import math
import os
import threading

import numpy as np

from ._arithmetic import accurate_sum, widen
from ._validation import logits, predicted_probabilities, refuse_unknown_labels
from .special import log_softmax, softmax

BLOCK = 1 << 17  # numbers in a block: a megabyte of float64, within a second-level cache
GROUP = 1 << 21  # numbers that one thread takes at a time, at most
SLICES = 8  # at least, if each fills a block: work for as many threads
VECTOR = 1 << 13  # rows that one thread takes at a time, at most
LONG_VECTOR = 1 << 14  # the same for probabilities, which need fewer vectors of this length
FEW = 32  # classes up to which a row is too short for a dot product, and threads do not pay
PRODUCT = 1 << 16  # numbers in one product of rows four at a time: BLAS starts threads from 65537
SIGN_BIT = np.int64(-(2**63))
EXPONENT_BITS = np.int64(0x7FF0000000000000)
HIGH_BITS = np.int64(-(2**27))  # all but the last 27 of the 53 significant bits of a float64
ONE_BITS = {x.dtype: x.view(f"u{x.itemsize}") for x in (np.float32(1), np.float64(1))}
CHUNK = {np.dtype(np.float32): 256, np.dtype(np.float64): 128}  # terms of one dot product
LARGEST = {dtype: np.finfo(dtype).max for dtype in CHUNK}
ONES = {dtype: np.ones(chunk, dtype) for dtype, chunk in CHUNK.items()}


def thread_count(rows, classes):
    """Return how many threads to use for an input of so many rows and classes.

    With few classes the steps are so short that threads would only wait for each other.
    """
    try:
        available = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        available = os.cpu_count() or 1
    wanted = os.environ.get("CECOURSE_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        available = min(available, int(wanted))
    paying = 1 if classes <= FEW else rows * classes >> 18
    return max(1, min(available, paying))


def for_each(work, parts, threads):
    """Call work(part) for every part, on so many threads; an exception stops all of them."""
    if threads == 1:
        for part in parts:
            work(part)
        return
    waiting, lock, failures = iter(parts), threading.Lock(), []

    def run():
        while not failures:
            with lock:
                part = next(waiting, None)
            if part is None:
                return
            try:
                work(part)
            except BaseException as failure:
                failures.append(failure)

    helpers = [threading.Thread(target=run) for _ in range(threads - 1)]
    for helper in helpers:
        helper.start()
    run()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]


def row_slices(rows, columns, numbers):
    """Cut `rows` rows into slices of one length, and of so many numbers or a few less.

    The length is a multiple of four rows, where there is room for four.
    """
    most = max(1, numbers // columns)
    most = most // 4 * 4 or most
    step = math.ceil(rows / math.ceil(rows / most)) if rows else 1
    step = min(most, (step + 3) // 4 * 4)
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def share(work, rows, columns, few=None, longest=None):
    """Call work(part) for slices that cover all rows, on as many threads as pay.

    The slices are the same whatever the number of threads, and so is the result. They have at
    most `longest` rows and, where there are few columns, `few` numbers: vectors as long as the
    slice then take most room.
    """
    many = min(GROUP, max(BLOCK, rows * columns // SLICES))
    numbers = many if columns > FEW else few or BLOCK // 4
    parts = row_slices(rows, columns, min(numbers, (longest or VECTOR) * columns))
    for_each(work, parts, min(thread_count(rows, columns), len(parts)))


def surprisal(y, z, gradient=None):
    """Return -log softmax(z)[..., y], and write softmax(z) - one_hot(y) into `gradient`.

    `y` holds trusted class numbers and `z` real numbers; that `z` holds logits is checked here,
    on the way. `gradient` may be `z` itself.
    """
    classes = z.shape[-1]
    rows, labels = z.reshape(-1, classes), y.reshape(-1)
    loss = np.empty(len(rows), z.dtype)
    kernel = _two_classes if classes == 2 else _many_classes
    slopes = None
    if gradient is not None:
        slopes = gradient.reshape(-1, classes)  # a copy where the strides do not allow a view
        rows, labels = _apart(rows, slopes), _apart(labels, slopes)

    later = [np.empty(0, np.intp)]

    def work(part):
        slope = None if slopes is None else slopes[part]
        with np.errstate(all="ignore"):
            small = kernel(labels[part], rows[part], loss[part], slope, z)
        if small is not None and len(small):
            later.append(small + part.start)

    # The vectors are of float64 whatever the dtype: shorter ones keep the memory in proportion.
    share(work, len(rows), classes, few=BLOCK * (5 + 2 * z.itemsize) // 64)
    at = np.sort(np.concatenate(later))  # in one order, whichever thread came first

    def work_again(part):
        with np.errstate(all="ignore"):
            _small_losses(labels, rows, at[part], loss)

    share(work_again, len(at), classes)
    if gradient is not None and not np.may_share_memory(slopes, gradient):
        gradient[...] = slopes.reshape(gradient.shape)
    return loss.reshape(y.shape)


def _apart(x, out):
    """Return `x`, or a copy if writing one row of `out` would change another row of `x`."""
    same = x.ctypes.data == out.ctypes.data and x.strides == out.strides
    return x.copy() if np.may_share_memory(x, out) and not same else x


def _two_classes(y, z, loss, slope, source):
    """Two classes need the difference d of their logits only: the loss is log(1 + exp(d)).

    It is max(d, 0) + log1p(exp(-|d|)), whatever the range of d. The exponential is taken in
    float64; for float32 its logarithm is right to 2.2 epsilons (checked for every float32).
    """
    single = z.dtype != np.float64
    first, second = z[:, 0].astype(np.float64), z[:, 1].astype(np.float64)
    d = second - first
    small = (d.view(np.int64) | SIGN_BIT).view(np.float64)  # -|d|
    np.exp(small, out=small)
    if not single:
        # An error of d is a relative error of exp(d): bring back what the subtraction rounded
        # away, as in `two_sum`. exp(-|d + low|) is exp(-|d|) (1 - low) if d > 0, else (1 + low).
        back = d - second
        first += back
        np.subtract(d, back, out=back)
        low = np.subtract(second, back, out=second)
        low -= first
        low_bits = low.view(np.int64)
        low_bits ^= d.view(np.int64) & SIGN_BIT
        low *= small
        small -= low
    del first, second  # their memory serves again
    if single:
        small, d = small.astype(np.float32), d.astype(np.float32)
    integer = np.int32 if single else np.int64
    signs = y.astype(integer, copy=False) << (8 * small.itemsize - 1)  # set where the label is 1
    d_bits = d.view(integer)
    d_bits ^= signs
    redo = None
    if not math.isfinite(np.add.reduce(d)):  # an infinite logit, or NaN: rare
        unsafe = np.flatnonzero(~np.isfinite(d))
        redo = z[unsafe]  # before `slope`, which may be `z`

    value = np.log1p(small)
    np.add(value, np.maximum(d, 0.0), out=loss, casting="same_kind")
    if slope is not None:
        other = np.maximum(small, d > 0.0, out=d)  # exp(min(d, 0)); its quotient is sigmoid(d)
        small += 1.0
        other /= small
        other_bits = other.view(integer)
        other_bits ^= signs
        np.subtract(0.0, other, out=slope[:, 0], casting="same_kind")
        np.add(0.0, other, out=slope[:, 1], casting="same_kind")  # never -0.0
    if redo is not None:
        _carefully(y, redo, unsafe, loss, slope, source)


def _many_classes(y, z, loss, slope, source):
    """Take exponentials of blocks of rows, and logarithms of all rows together.

    Exponentials are taken in the dtype of `z`, the label's in float64. Returned are the rows that
    are left to `_small_losses`, which does many at a time.
    """
    rows, classes = z.shape
    wide = z.dtype != np.float32  # exponentials of float16 would overflow at 11
    dtype = np.dtype(np.float64 if wide else np.float32)
    label, rest, odds = np.empty(rows), np.empty(rows), np.empty(rows)
    direct = slope is not None and slope.dtype == dtype and slope.flags.c_contiguous
    block = BLOCK * 8 // dtype.itemsize
    if not direct:  # then a block takes memory
        block = BLOCK // 8 if classes <= FEW else min(block, max(BLOCK, z.size // 6))
    parts = row_slices(rows, classes, block)
    step = parts[0].stop
    start = np.arange(0, step * classes, classes)
    scratch = None if direct else np.empty((step, classes), dtype)
    overwritten = slope is not None and np.may_share_memory(slope, z)
    if overwritten:
        z = z.copy()  # for the rows that are done again
    if slope is not None and classes * dtype.itemsize >= 1024:
        # NumPy copies a broadcast operand into its buffer where the inner loop is shorter than
        # the buffer. Long rows do without: a short buffer. The setting ends with `errstate`.
        np.setbufsize(max(16, min(8192, classes // 16 * 16)))

    for part in parts:
        count = part.stop - part.start
        e = slope[part] if direct else scratch[:count]
        flat, at_label = e.reshape(-1), start[:count] + y[part]
        np.exp(z[part], out=e, dtype=dtype)
        if wide:
            flat.take(at_label, out=label[part], mode="clip")
        else:
            _take(z[part], at_label, label[part])
            np.exp(label[part], out=label[part])
        flat[at_label] = 0.0
        _row_sums(e, rest[part])
        if slope is not None:
            total = rest[part] + label[part]
            _multiply_rows(e, np.reciprocal(total, out=odds[part]).astype(dtype, copy=False))
            flat[at_label] = -(rest[part] / total).astype(dtype, copy=False)
            if not direct:
                slope[part] = e

    np.divide(rest, label, out=odds)
    unsafe = _unsafe(rest, label, dtype, z, slope)
    odds[unsafe] = np.inf  # not for `_small_losses`
    small = (odds < _nearness(z)).nonzero()[0]
    loss[...] = np.log1p(odds, out=odds)
    # Later many are done at once, but then their numbers take memory: 1% of the input at most.
    if overwritten or 800 * len(small) > z[0].nbytes * rows:
        _small_losses(y, z, small, loss)
        small = small[:0]
    for part in row_slices(len(unsafe), classes, BLOCK // 2):
        _carefully(y, z[unsafe[part]], unsafe[part], loss, slope, source)
    return small


def _nearness(z):
    """Return the odds below which a rounding error of their sum would break the promise.

    log1p divides a relative error of the odds by (1 + odds) log(1 + odds) / odds. How far the odds
    must be from 0 was searched for, over hard rows: a promise of 2 epsilons in float64, and of 4
    in float32, is then kept with 0.3 and more to spare. More terms make a larger error of the sum.
    """
    classes = z.shape[1]
    if z.dtype == np.float32:
        return 0.25 if classes <= FEW else 3.0
    return max(1.0, classes / 8) if classes <= FEW else min(classes / 4, 12.0)


def _small_losses(y, z, at, loss):
    """Do the losses of the rows `at` again, in float64, with a sum that is exact in float64."""
    classes = z.shape[1]
    for part in row_slices(len(at), classes, BLOCK // 16 if classes <= FEW else BLOCK // 2):
        chosen = at[part]
        e = np.exp(z.take(chosen, axis=0), dtype=np.float64)
        k = np.arange(len(chosen)), y[chosen]
        label = e[k]
        e[k] = 0.0
        rest = _row_sums(e)
        if z.dtype == np.float64:
            loss[chosen] = _log_of_odds(*_pair_sums(e, rest), label)
        else:
            loss[chosen] = np.log1p(rest / label)


def _take(rows, at, out):
    """Write the entries of `rows` at places counted along its rows into `out`."""
    if not rows.flags.c_contiguous:
        out[...] = rows[np.divmod(at, rows.shape[1])]
    elif rows.dtype == out.dtype:
        rows.reshape(-1).take(at, out=out, mode="clip")  # the one mode without a buffer
    else:
        out[...] = rows.reshape(-1).take(at)


def _row_sums(e, out=None):
    """Return the sums of contiguous rows, in float64 unless there are few classes.

    Where classes are few, four rows count as one, and a product with a matrix of ones adds up
    each of the four. An infinity or a NaN reaches all four sums, as a NaN: such rows have to be
    done again, all four.

    For more classes, dot products with ones add 32 numbers at a time and the remainder of a
    division by 32 one by one; so, if that is long, the last chunk overlaps the one before, with
    ones only where it is new. A number takes part in about ten additions before the partial sums
    are in float64.
    """
    rows, classes = e.shape
    if classes <= FEW:
        total = out if out is not None and out.dtype == e.dtype else np.empty(rows, e.dtype)
        (ones, _), last = _four_of_ones(classes, e.dtype), rows // 4 * 4
        fours, sums = e[:last].reshape(-1, 4 * classes), total[:last].reshape(-1, 4)
        for part in row_slices(len(fours), 4 * classes, PRODUCT):
            np.matmul(fours[part], ones, out=sums[part])
        if last < rows:
            np.matmul(e[last:], ones[:classes, 0], out=total[last:])
        if out is not None and out is not total:
            out[...] = total
        return total
    total = np.empty(rows) if out is None else out
    chunk = CHUNK[e.dtype]
    if classes < chunk:
        chunk = classes // 32 * 32 if classes % 32 > 4 else classes
    whole = classes // chunk * chunk
    ones = ONES[e.dtype][:chunk]
    if whole == chunk:
        np.vecdot(e[:, :whole], ones, out=total, casting="same_kind")
    else:
        sums = np.vecdot(e[:, :whole].reshape(rows, -1, chunk), ones)
        np.add.reduce(sums, axis=1, dtype=np.float64, out=total)
    if whole < classes:
        ones = ones.copy()
        ones[: chunk - (classes - whole)] = 0.0
        total += np.vecdot(e[:, classes - chunk :], ones)
    return total


def _multiply_rows(e, factors):
    """Multiply each of some contiguous rows with its factor, in place."""
    rows, classes = e.shape
    if classes > FEW:
        e *= factors[:, np.newaxis]
        return
    # A product with ones repeats the factors; it would repeat an infinity as NaN, in four rows.
    np.minimum(factors, LARGEST[e.dtype], out=factors)
    (_, ones), last = _four_of_ones(classes, e.dtype), rows // 4 * 4
    fours, factor_of = e[:last].reshape(-1, 4 * classes), factors[:last].reshape(-1, 4)
    for part in row_slices(len(fours), 4 * classes, PRODUCT // 4):
        fours[part] *= np.matmul(factor_of[part], ones)
    if last < rows:
        e[last:] *= factors[last:, np.newaxis]


@functools.cache
def _four_of_ones(classes, dtype):
    """Return the matrix that adds up four rows that follow each other, (4 classes, 4).

    Its transpose, returned as well, repeats four numbers along such rows.
    """
    ones = np.kron(np.eye(4), np.ones((classes, 1))).astype(dtype)
    return ones, np.ascontiguousarray(ones.T)


def _pair_sums(e, total):
    """Sum non-negative rows as pairs (high, low); `total` is the sum but for rounding.

    As in `_arithmetic.pair_sum`: adding a power of two above the total and taking it off again
    leaves the leading digits of each number on one grid, where they add exactly. The power is
    that of the total, its exponent bits, times 4.
    """
    grid = 4.0 * (total.view(np.int64) & EXPONENT_BITS).view(np.float64)[:, np.newaxis]
    split = e + grid
    split -= grid
    high = _row_sums(split)
    np.subtract(e, split, out=split)
    low = _row_sums(split)
    total = high + low
    return total, low - (total - high)


def _unsafe(rest, label, dtype, z, slope):
    """Return the rows whose exponentials left the range where none of their digits is lost.

    The bounds are far from both ends of the range of the dtype. In float64 the quotient of two
    such sums is far from both ends as well. For a gradient, each exponential counts: below a
    total of 1, one may lose digits to underflow that its quotient by the total should have.
    """
    low, high = (1e-24, 1e30) if dtype == np.float32 else (1e-140, 1e140)
    total = rest + label
    safe = np.minimum.reduce(rest) > low and np.minimum.reduce(label) > 1e-140
    safe = safe and np.maximum.reduce(total) < high
    if safe and (slope is None or np.minimum.reduce(total) >= 1.0):
        return np.empty(0, np.intp)
    unsafe = ~((rest > low) & (label > 1e-140) & (total < high))
    if slope is not None:
        sunken = np.flatnonzero(total < 1.0)
        for part in row_slices(len(sunken), z.shape[1], BLOCK // 2):
            lost = z[sunken[part]].min(axis=1) < math.log(np.finfo(dtype).tiny)
            unsafe[sunken[part]] |= lost
    return np.flatnonzero(unsafe)


def _log_of_odds(rest, low, label):
    """Return log1p((rest + low) / label).

    What the division rounds away comes back through the derivative of the logarithm. Numbers cut
    to 26 bits multiply exactly, which gives the remainder of the division.
    """
    odds = rest / label
    odds_high, label_high = ((x.view(np.int64) & HIGH_BITS).view(np.float64) for x in (odds, label))
    odds_low, label_low = odds - odds_high, label - label_high
    remainder = rest - odds_high * label_high
    remainder -= odds_high * label_low
    remainder -= odds_low * label_high
    remainder -= odds_low * label_low
    remainder += low
    return np.log1p(odds) + remainder / label / (1.0 + odds)


def _carefully(y, z, at, loss, slope, source):
    """Do the rows `at`, whose logits are `z`, by the stable formulas of `special`.

    A row that holds no logits makes the validator say so about `source`, the whole array.
    """
    if not len(at):
        return
    if not (z.max(axis=1) < np.inf).all() or not (z.max(axis=1) > -np.inf).all():
        logits(source, name="z")
    z = widen(z)
    k = np.arange(len(at))
    loss[at] = 0.0 - log_softmax(z)[k, y[at]]
    if slope is not None:
        p, complement = softmax_and_complement(z)
        p[k, y[at]] = 0.0 - complement[k, y[at]]
        slope[at] = p


def softmax_and_complement(z):
    """Return softmax(z) and one minus it, neither by a subtraction that cancels."""
    p = softmax(z)
    largest = np.argmax(p, axis=-1)[..., np.newaxis]
    others = p.copy()
    np.put_along_axis(others, largest, 0.0, axis=-1)
    complement = 1.0 - p
    np.put_along_axis(complement, largest, accurate_sum(others)[..., np.newaxis], axis=-1)
    return p, complement


def expected_surprisal(y, z):
    """Return the sum of -y log softmax(z) over the last axis, for trusted `y` and `z`."""
    targets, rows = y.reshape(-1, y.shape[-1]), z.reshape(-1, z.shape[-1])
    loss = np.empty(len(rows), z.dtype)

    def work(part):
        for block in row_slices(part.stop - part.start, rows.shape[1], BLOCK // 2):
            block = slice(part.start + block.start, part.start + block.stop)
            surprise = 0.0 - log_softmax(widen(rows[block]))
            with np.errstate(over="ignore", under="ignore"):
                loss[block] = accurate_sum(multiply_no_nan(widen(targets[block]), surprise))

    share(work, *rows.shape)
    return loss.reshape(z.shape[:-1])[()]


def expected_surprisal_grad(y, z, gradient):
    """Write softmax(z) - y into `gradient`, which may be `z`, for trusted `y` and `z`."""
    targets, rows = y.reshape(-1, y.shape[-1]), z.reshape(-1, z.shape[-1])
    slopes = gradient.reshape(rows.shape)  # a copy where the strides do not allow a view
    rows, targets = _apart(rows, slopes), _apart(targets, slopes)

    def work(part):
        for block in row_slices(part.stop - part.start, rows.shape[1], BLOCK // 2):
            block = slice(part.start + block.start, part.start + block.stop)
            p, complement = softmax_and_complement(widen(rows[block]))
            target = widen(targets[block])
            with np.errstate(under="ignore"):
                slopes[block] = p * (1.0 - target) - complement * target

    share(work, *rows.shape)
    if not np.may_share_memory(slopes, gradient):
        gradient[...] = slopes.reshape(gradient.shape)


def require_logits(z):
    """Check that `z` holds logits, in one pass over memory where all are finite."""
    rows = z.reshape(-1, z.shape[-1])
    zeros, suspects = np.zeros(1024, z.dtype), []

    def work(part):
        flat = rows[part].reshape(-1)
        whole = flat.size // 1024 * 1024
        with np.errstate(invalid="ignore"):
            # A number times 0 is 0 if it is finite, and NaN otherwise.
            zero = np.vecdot(flat[:whole].reshape(-1, 1024), zeros).sum()
            zero += np.vecdot(flat[whole:], zeros[: flat.size - whole])
        if zero != 0:
            suspects.append(part)

    share(work, *rows.shape)
    if suspects:
        logits(z, name="z")


def sum_of_surprisals(y, known, p, weights=None):
    """Return the sum of -log p at the labels `y`, times `weights`, checking `y` and `p` on the way.

    `known` holds the sorted labels; `p` has a column for each, or one for the second of two. The
    sum is exact but for its last rounding.
    """
    sums = []

    def add(logs):
        sums.extend(_pair_sum(logs))

    each_log_probability(y, known, p, weights, add, together=weights is None)
    return math.inf if -math.inf in sums else 0.0 - math.fsum(sums)


def _pair_sum(logs):
    """Return two numbers with the sum of negative ones, which are overwritten.

    As in `_arithmetic.pair_sum`: what is left of each number on the grid adds without rounding.
    """
    largest = -np.minimum.reduce(logs)
    if not 0.0 < largest < 1e290:
        return (float(np.add.reduce(logs)),)
    grid = math.ldexp(1.0, math.frexp(largest)[1] + len(logs).bit_length())
    split = logs - grid
    split += grid
    logs -= split
    return float(np.add.reduce(split)), float(np.add.reduce(logs))


def each_log_probability(y, known, p, weights, take, together=False):
    """Call take(log p at the labels, times weights) block by block, in any order.

    `together` allows logarithms of two examples' product where the product is exact. What was
    taken counts for nothing if this function raises.
    """
    table = p if p.dtype != np.float16 else p.astype(np.float32)
    classes = p.shape[1]
    block = BLOCK * 8 // table.itemsize
    doubtful, unknown, first = [], [], _first_of_run(known)
    start = np.arange(0, max(1, min(len(p), LONG_VECTOR, block // classes)) * classes, classes)

    def work(part):
        index, certain = _index(y[part], known, first)
        if not certain:
            unknown.append(part)
        rows = table[part]
        label = rows[:, 0] if classes == 1 else np.empty(len(rows), rows.dtype)
        for some in row_slices(len(rows), classes, block):
            if not _surely_probabilities(rows[some]):
                doubtful.append(part)
            if classes > 1:
                _take(rows[some], start[: some.stop - some.start] + index[some], label[some])
        with np.errstate(all="ignore"):
            if classes > 1:
                logs = _product_of_halves(label) if together else widen(label)
                np.log(logs, out=logs)
            else:
                label = widen(label)
                logs = np.where(index == 1, np.log(label), np.log1p(-label))
            take(logs if weights is None else multiply_no_nan(weights[part], logs))

    share(work, *p.shape, few=BLOCK * (3 + table.itemsize) // 16, longest=LONG_VECTOR)
    if unknown:
        refuse_unknown_labels(y, known)
    if doubtful:
        predicted_probabilities(p, name="p")


def _product_of_halves(x):
    """Return float64 numbers with the product of `x`, half as many if the products are exact.

    Two float32 numbers have 48 significant bits, and their product is far from underflow.
    """
    if x.dtype != np.float32:
        return x
    longer = (len(x) + 1) // 2
    product = x[:longer].astype(np.float64)
    product[: len(x) - longer] *= x[longer:]
    return product


def multiply_no_nan(weight, loss):
    """Return weight * loss, 0 where the weight is 0 even if the loss is infinite."""
    weighs = weight > 0
    return np.where(weighs, weight, 1.0) * np.where(weighs, loss, 0.0)


def _first_of_run(known):
    """Return the first label if the labels are consecutive integers, else None."""
    if known.dtype.kind not in "biu" or not -(2**62) < int(known[0]) <= int(known[-1]) < 2**62:
        return None
    first, last = int(known[0]), int(known[-1])
    return first if last - first + 1 == len(known) else None


def _index(y, known, first):
    """Return where each label stands among the sorted labels, and whether all are there."""
    if first is not None and y.dtype.kind in "biu":
        index = y.astype(np.int64, copy=False)
        index = index - first if first else index
        # As unsigned numbers, negative ones are the largest of all.
        if np.maximum.reduce(index.view(np.uint64)) < len(known):
            return index, True
    index = np.minimum(np.searchsorted(known, y), len(known) - 1)
    return index, bool(np.all(known[index] == y))


def _surely_probabilities(rows):
    """Tell whether all rows are distributions; False where only the validator can tell.

    As integers, the bit patterns of the floats in [0, 1] run from 0 to the pattern of 1; those of
    negative numbers and of NaN are larger. One maximum checks all three.
    """
    rows = np.ascontiguousarray(rows)
    one = ONE_BITS[rows.dtype]
    if np.maximum.reduce(rows.reshape(-1).view(one.dtype)) > one:
        return False
    classes = rows.shape[1]
    if classes == 1:
        return True
    if classes == 2:
        total = rows[:, 0] + rows[:, 1]
    elif FEW < classes <= 4096:  # one dot product: a hundred epsilons off, and faster
        total = np.vecdot(rows, np.ones(classes, rows.dtype))
    else:
        total = _row_sums(rows)
    # Half the tolerance of the validator, so that rounding here decides nothing.
    tolerance = math.sqrt(np.finfo(rows.dtype).eps) / 2
    return bool(
        np.maximum.reduce(total) <= 1 + tolerance and np.minimum.reduce(total) >= 1 - tolerance
    )
