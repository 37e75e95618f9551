"""Row kernels for the losses: the one place written for speed.

The mathematics is that of `losses` and `gradients`; here is how it is made fast. Four ideas carry
the module.

- Rows are taken in blocks that fit the cache. Every step of NumPy on a block finds its numbers
  there instead of in memory, and no temporary array is as large as the input.
- exp(z) is taken without first subtracting the largest logit. That saves a pass and is more
  accurate, because a subtraction rounds. Where it overflows or underflows, or where a logit is
  not a number, the sums show it: such rows are done again by `_carefully`, one pass later.
- The loss is log1p(odds), with odds the sum of the other exponentials over that of the label.
- Sums of many terms are dot products with ones over short chunks (SIMD, few roundings in a row),
  whose partial sums are then added in float64, or as an exact pair (high, low).

Two classes need one exponential a row; up to `FEW` classes are transposed, so that the inner
loops run along the examples; more classes run along the classes.

Threads share the blocks. A NumPy function that works on a block lets the other threads run. Their
number is that of the processors at hand, or the environment variable CECOURSE_THREADS; the result
does not depend on it, bit for bit.
"""

import math
import os
import threading

import numpy as np

from ._arithmetic import accurate_sum, widen
from ._validation import logits, predicted_probabilities, refuse_unknown_labels
from .special import log_softmax, softmax

BLOCK = 1 << 16  # numbers in a block: half a megabyte of float64, within a second-level cache
GROUP = 8 * BLOCK  # numbers that one thread takes at a time, at most
VECTOR = 1 << 13  # rows in a block whose steps are vectors with one entry a row
FEW = 32  # classes up to which the transposed kernel is the faster one
SIGN_BIT = np.int64(-(2**63))
EXPONENT_BITS = np.int64(0x7FF0000000000000)
HIGH_BITS = np.int64(-(2**27))  # all but the last 27 of the 53 significant bits of a float64
CHUNK = {np.dtype(np.float32): 256, np.dtype(np.float64): 128}  # terms of one dot product


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
    """Cut `rows` rows into slices of about so many numbers."""
    step = max(1, numbers // columns)
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def share(work, rows, columns):
    """Call work(part) for slices that cover all rows, on as many threads as pay."""
    threads = thread_count(rows, columns)
    parts = row_slices(rows, columns, min(GROUP, -(-rows * columns // (2 * threads))))
    for_each(work, parts, min(threads, len(parts)))


def surprisal(y, z, gradient=None):
    """Return -log softmax(z)[..., y], and write softmax(z) - one_hot(y) into `gradient`.

    `y` holds trusted class numbers and `z` real numbers; that `z` holds logits is checked here,
    on the way. `gradient` may be `z` itself.
    """
    classes = z.shape[-1]
    rows, labels = z.reshape(-1, classes), y.reshape(-1)
    loss = np.empty(len(rows), z.dtype)
    kernel = _two_classes if classes == 2 else _few_classes if classes <= FEW else _many_classes
    if z.dtype == np.float16 and classes > 2:
        kernel = _few_classes  # works in float64; exponentials of float16 overflow at 11
    slopes = None
    if gradient is not None:
        slopes = gradient.reshape(-1, classes)  # a copy where the strides do not allow a view
        rows, labels = _apart(rows, slopes), _apart(labels, slopes)

    def work(part):
        slope = None if slopes is None else slopes[part]
        with np.errstate(all="ignore"):
            kernel(labels[part], rows[part], loss[part], slope, z)

    share(work, len(rows), classes)
    if gradient is not None and not np.may_share_memory(slopes, gradient):
        gradient[...] = slopes.reshape(gradient.shape)
    return loss.reshape(y.shape)


def _apart(x, out):
    """Return `x`, or a copy if writing one row of `out` would change another row of `x`."""
    same = x.ctypes.data == out.ctypes.data and x.strides == out.strides
    return x.copy() if np.may_share_memory(x, out) and not same else x


def _two_classes(y, z, loss, slope, source):
    """Two classes need the difference d of their logits only: the loss is log(1 + exp(d)).

    d is kept as a pair, because an error of x in an exponent is a relative error of x.
    """
    for part in row_slices(len(z), 1, VECTOR):
        first, second = (z[part, k].astype(np.float64) for k in (0, 1))
        d = second - first
        signs = y[part] << 63  # the sign bit of a float64, set where the label is 1
        low = None
        if z.dtype == np.float64:
            # What the subtraction rounded away; `first` and `second` are free afterwards.
            from_second = d + first
            first -= from_second - d
            second -= from_second
            low = np.subtract(second, first, out=first)
            low_bits = low.view(np.int64)
            low_bits ^= signs
        bits = d.view(np.int64)
        bits ^= signs
        small = (bits | SIGN_BIT).view(np.float64)  # -|d|
        np.exp(small, out=small)
        if low is not None:
            low_bits ^= bits & SIGN_BIT  # the pair: exp(-|d + low|) is exp(-|d|) (1 - low)
            low *= small
            small -= low
        value = np.log1p(small, out=second)
        value += np.maximum(d, 0.0)
        redo = None
        if not math.isfinite(np.add.reduce(d)):  # an infinite logit, or NaN: rare
            unsafe = np.flatnonzero(~np.isfinite(d))
            redo = z[part][unsafe]  # before `slope`, which may be `z`
        loss[part] = value
        if slope is not None:
            other = np.where(d > 0.0, 1.0, small)
            small += 1.0
            other /= small
            bits = other.view(np.int64)
            bits ^= signs
            np.subtract(0.0, other, out=slope[part, 0], casting="same_kind")
            np.add(0.0, other, out=slope[part, 1], casting="same_kind")  # never -0.0
        if redo is not None:
            _carefully(y, redo, unsafe + part.start, loss, slope, source)


def _few_classes(y, z, loss, slope, source):
    """Transpose a block to shape (K, rows), in float64, and add along the first axis."""
    classes = z.shape[1]
    step = min(max(1, BLOCK // (2 * classes)), len(z))
    scratch = np.empty(2 * classes * step)
    places = np.arange(step)
    for part in row_slices(len(z), classes, BLOCK // 2):
        count = part.stop - part.start
        e, split = scratch[: 2 * classes * count].reshape(2, classes, count)
        np.copyto(e, z[part].T)
        np.exp(e, out=e)
        at = y[part] * count
        at += places[:count]
        flat = e.reshape(-1)
        label = flat.take(at)
        flat[at] = 0.0
        rest = _tree_sum_first_axis(e, split)
        value = _log_of_odds(rest, None, label)
        if z.dtype == np.float64:
            near = np.flatnonzero(rest < 2.0 * label)
            if near.size:
                # A loss below 1.1: here a rounding error of the sum reaches the loss.
                chosen = e
                if 2 * near.size > count:
                    near = slice(None)
                else:
                    chosen = e.take(near, axis=1)
                    split = split.reshape(-1)[: chosen.size].reshape(chosen.shape)
                exact, low = _pair_sum_first_axis(chosen, rest[near], split)
                value[near] = _log_of_odds(exact, low, label[near])
        loss[part] = value
        total = None if slope is None else rest + label
        unsafe, redo = None, None
        if not (_all_in_range(rest, np.float64) and _all_in_range(label, np.float64)) or (
            slope is not None and not np.minimum.reduce(total) >= 1.0
        ):
            unsafe = ~(_in_range(rest, np.float64) & _in_range(label, np.float64))
            if slope is not None:
                unsafe |= _coarse(z[part], total, np.float64)
            unsafe = np.flatnonzero(unsafe)
            redo = z[part][unsafe]  # before `slope`, which may be `z`
        if slope is not None:
            e *= 1.0 / total
            flat[at] = -(rest / total)
            slope[part] = e.T
        if redo is not None:
            _carefully(y, redo, unsafe + part.start, loss, slope, source)


def _many_classes(y, z, loss, slope, source):
    """Take exponentials in the dtype of `z`, and sums over chunks of the classes."""
    rows, classes = z.shape
    block = BLOCK * 8 // z.itemsize
    step = min(max(1, block // classes), rows)
    start = np.arange(0, step * classes, classes)
    label, rest, low = np.empty(rows), np.empty(rows), None
    if z.dtype == np.float64:
        low = np.zeros(rows)
    nearness = 1.0 if low is None else 12.0  # odds of a loss of 0.7 and 2.6
    redone = np.zeros(rows, bool)
    in_place = slope is not None and np.may_share_memory(slope, z)
    work = np.empty((step, classes), z.dtype) if slope is None or in_place else None
    if slope is not None:
        # NumPy copies a broadcast operand into its buffer where the inner loop is shorter than
        # the buffer; a short buffer avoids the copy. The setting ends with `errstate`.
        np.setbufsize(max(16, min(8192, classes // 16 * 16)))

    for part in row_slices(rows, classes, block):
        count = part.stop - part.start
        logit = z[part]
        if in_place:
            logit = work[:count]
            np.copyto(logit, z[part])
        e = work[:count] if slope is None else slope[part]
        at_label = start[:count] + y[part]
        np.exp(logit, out=e)
        np.exp(_at(logit, at_label), out=label[part], dtype=np.float64)
        _put(e, at_label, 0.0)
        _row_sums(e, rest[part])
        near = np.flatnonzero(rest[part] < nearness * label[part])
        if near.size:
            # A small loss: here a rounding error of the sum reaches the loss.
            chosen = e if near.size == count else e[near]
            near += part.start
            if low is None:
                rest[near] = _row_sums(widen(chosen))
            else:
                rest[near], low[near] = _pair_sum_last_axis(chosen, rest[near])
        if slope is None:
            continue
        total = rest[part] + label[part]
        e *= (1.0 / total).astype(z.dtype)[:, np.newaxis]
        _put(e, at_label, -(rest[part] / total))
        if (
            not _all_in_range(label[part], np.float64)
            or not _all_in_range(rest[part], z.dtype)
            or not np.minimum.reduce(total) >= 1.0
            or not _all_in_range(total, z.dtype)
        ):
            unsafe = ~(_in_range(label[part], np.float64) & _in_range(rest[part], z.dtype))
            unsafe |= _coarse(logit, total, z.dtype)
            redone[part] = unsafe
            at = np.flatnonzero(unsafe) + part.start
            _carefully(y, logit[unsafe], at, loss, slope, source)

    value = _log_of_odds(rest, low, label)
    if slope is not None:
        np.copyto(loss, value, where=~redone, casting="same_kind")
        return
    loss[...] = value
    if _all_in_range(label, np.float64) and _all_in_range(rest, z.dtype):
        return
    unsafe = np.flatnonzero(~(_in_range(label, np.float64) & _in_range(rest, z.dtype)))
    for part in row_slices(len(unsafe), classes, BLOCK):
        _carefully(y, z[unsafe[part]], unsafe[part], loss, slope, source)


def _at(rows, at):
    """Return the entries of `rows` at places counted along its rows."""
    if rows.flags.c_contiguous:
        return rows.reshape(-1).take(at)
    return rows[np.divmod(at, rows.shape[1])]


def _put(rows, at, value):
    """Write entries of `rows` at places counted along its rows."""
    if rows.flags.c_contiguous:
        rows.reshape(-1)[at] = value
    else:
        rows[np.divmod(at, rows.shape[1])] = value


def _row_sums(e, out=None):
    """Return the float64 sums of `e` over its last axis, more than 32 long.

    A dot product with ones adds 32 numbers at a time and the remainder one by one; so, if the
    remainder is long, the last chunk overlaps the one before, with ones only where it is new. No
    number takes part in more than about fifteen additions before the partial sums are in float64.
    """
    rows, classes = e.shape
    chunk = CHUNK[e.dtype]
    whole = classes // chunk * chunk
    even = classes // 32 * 32 if classes % 32 > 4 else classes
    ones = np.ones(chunk, e.dtype)
    total = np.empty(rows) if out is None else out
    if whole:
        sums = np.vecdot(e[:, :whole].reshape(rows, -1, chunk), ones)
        np.add.reduce(sums, axis=1, dtype=np.float64, out=total)
        if even > whole:
            total += np.vecdot(e[:, whole:even], ones[: even - whole])
    else:
        np.vecdot(e[:, :even], ones[:even], out=total, casting="same_kind")
    if classes > even:
        ones[: 32 - (classes - even)] = 0.0
        total += np.vecdot(e[:, classes - 32 :], ones[:32])
    return total


def _tree_sum_first_axis(e, scratch):
    """Sum over the first axis by halves: K numbers take log2(K) roundings in a row, not K."""
    count = len(e)
    if count == 1:
        return e[0].copy()
    half = count // 2
    sums = np.add(e[:half], e[half : 2 * half], out=scratch[:half])
    if count % 2:
        sums[0] += e[-1]
    while half > 1:
        odd, half = half % 2, half // 2
        if odd:
            sums[0] += sums[2 * half]
        np.add(sums[:half], sums[half : 2 * half], out=sums[:half])
    return sums[0].copy()


def _pair_sum_first_axis(e, total, split):
    """Sum non-negative numbers over the first axis as a pair; `total` is the sum but for rounding.

    As in `_arithmetic.pair_sum`: adding a power of two above the total and taking it off again
    leaves the leading digits of each number on one grid, where they add exactly.
    """
    grid = _grid(total)
    np.add(e, grid, out=split)
    split -= grid
    high = np.add.reduce(split, axis=0)
    np.subtract(e, split, out=split)
    return _normal_pair(high, np.add.reduce(split, axis=0))


def _pair_sum_last_axis(e, total):
    """Do as `_pair_sum_first_axis`, over the last axis."""
    grid = _grid(total)
    split = e + (grid if grid.ndim == 0 else grid[:, np.newaxis])
    split -= grid if grid.ndim == 0 else grid[:, np.newaxis]
    high = _row_sums(split)
    np.subtract(e, split, out=split)
    return _normal_pair(high, _row_sums(split))


def _grid(total):
    """Return a power of two at least twice each total: its exponent bits, times 4.

    One number serves all if the totals are within a factor of a million or so: the low parts are
    then a million times larger than need be, and still a million times smaller than an epsilon.
    """
    grid = (total.view(np.int64) & EXPONENT_BITS).view(np.float64)
    largest = np.maximum.reduce(grid)
    near = largest <= 2.0**20 * np.minimum.reduce(grid)
    return 4.0 * (largest if near else grid)


def _normal_pair(high, low):
    total = high + low
    return total, low - (total - high)


def _range(dtype):
    """Return bounds between which no term of a sum of exponentials lost digits.

    They are far from both ends of the range of the dtype. In float64 the quotient of two such
    sums is far from both ends as well.
    """
    return (1e-24, 1e30) if dtype == np.float32 else (1e-140, 1e140)


def _in_range(x, dtype):
    low, high = _range(dtype)
    return (x > low) & (x < high)


def _all_in_range(x, dtype):
    low, high = _range(dtype)
    return np.minimum.reduce(x) > low and np.maximum.reduce(x) < high


def _log_of_odds(rest, low, label):
    """Return log1p((rest + low) / label).

    With `low`, what the division rounds away comes back through the derivative of the logarithm.
    Numbers cut to 26 bits multiply exactly, which gives the remainder of the division.
    """
    odds = rest / label
    if low is None:
        return np.log1p(odds, out=odds)
    odds_high, label_high = ((x.view(np.int64) & HIGH_BITS).view(np.float64) for x in (odds, label))
    odds_low, label_low = odds - odds_high, label - label_high
    remainder = rest - odds_high * label_high
    remainder -= odds_high * label_low
    label_high *= odds_low
    remainder -= label_high
    label_low *= odds_low
    remainder -= label_low
    remainder += low
    remainder /= label
    value = np.log1p(odds)
    odds += 1.0
    remainder /= odds
    value += remainder
    return value


def _coarse(z, total, dtype):
    """Tell where an exponential lost digits to underflow that its quotient by `total` should have.

    Above a total of 1 the quotient is smaller than the exponential: it underflows as well.
    """
    coarse = ~_in_range(total, dtype)
    small = np.flatnonzero(total < 1.0)
    if small.size:
        coarse[small] |= z[small].min(axis=1) < math.log(np.finfo(dtype).tiny)
    return coarse


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
        for block in row_slices(part.stop - part.start, rows.shape[1], BLOCK):
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
        for block in row_slices(part.stop - part.start, rows.shape[1], BLOCK):
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
    each_log_probability(y, known, p, weights, lambda logs: sums.extend(_pair_sum(logs)))
    return math.inf if -math.inf in sums else 0.0 - math.fsum(sums)


def _pair_sum(logs):
    """Return two numbers with the sum of negative ones, as in `_pair_sum_first_axis`."""
    largest = -np.minimum.reduce(logs)
    if not 0.0 < largest < 1e290:
        return (float(np.add.reduce(logs)),)
    grid = math.ldexp(1.0, math.frexp(largest)[1] + len(logs).bit_length())
    split = logs - grid
    split += grid
    high = np.add.reduce(split)
    return float(high), float(np.add.reduce(np.subtract(logs, split, out=split)))


def each_log_probability(y, known, p, weights, take):
    """Call take(log p at the labels, times weights) block by block, in any order.

    What was taken counts for nothing if this function raises.
    """
    table = p if p.dtype != np.float16 else p.astype(np.float32)
    classes = p.shape[1]
    block = BLOCK * 16 // table.itemsize
    doubtful, unknown, first = [], [], _first_of_run(known)
    start = np.arange(0, max(1, min(len(p), VECTOR, block // classes)) * classes, classes)

    def work(part):
        for group in row_slices(part.stop - part.start, 1, VECTOR):
            group = slice(part.start + group.start, part.start + group.stop)
            index, certain = _index(y[group], known, first)
            if not certain:
                unknown.append(group)
            rows = table[group]
            label = rows[:, 0] if classes == 1 else np.empty(len(rows), rows.dtype)
            for some in row_slices(len(rows), classes, block):
                if not _surely_probabilities(rows[some]):
                    doubtful.append(group)
                if classes > 1:
                    at_label = start[: some.stop - some.start] + index[some]
                    label[some] = _at(rows[some], at_label)
            with np.errstate(all="ignore"):
                logs = label.astype(np.float64)
                if classes > 1:
                    np.log(logs, out=logs)
                else:
                    logs = np.where(index == 1, np.log(logs), np.log1p(-logs))
                take(logs if weights is None else multiply_no_nan(weights[group], logs))

    share(work, *p.shape)
    if unknown:
        refuse_unknown_labels(y, known)
    if doubtful:
        predicted_probabilities(p, name="p")


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
    bits = np.uint32 if rows.dtype == np.float32 else np.uint64
    one = np.ones(1, rows.dtype).view(bits)[0]
    rows = np.ascontiguousarray(rows)
    if np.maximum.reduce(rows.reshape(-1).view(bits)) > one:
        return False
    if rows.shape[1] == 1:
        return True
    total = _rough_row_sums(rows)
    # Half the tolerance of the validator, so that rounding here decides nothing.
    tolerance = math.sqrt(np.finfo(rows.dtype).eps) / 2
    return bool(
        np.maximum.reduce(total) <= 1 + tolerance and np.minimum.reduce(total) >= 1 - tolerance
    )


def _rough_row_sums(rows):
    """Return the sums of distributions over the last axis, within some hundred epsilons."""
    while rows.shape[1] <= 32 and rows.shape[1] % 2 == 0:  # neighbours first: contiguous vectors
        flat = rows.reshape(-1)
        rows = (flat[0::2] + flat[1::2]).reshape(len(rows), -1)
    classes = rows.shape[1]
    if classes <= 9:
        total = rows[:, 0]
        for k in range(1, classes):
            total = total + rows[:, k]
        return total
    step = min(classes, 4096)
    ones = np.ones(step, rows.dtype)
    total = np.vecdot(rows[:, :step], ones)
    for k in range(step, classes, step):
        more = rows[:, k : k + step]
        total += np.vecdot(more, ones[: more.shape[1]])
    return total
