r"""Prefix codes in binary digits.

A code word is a string of ``0`` and ``1``; its length is a number of bits, so nothing here takes
a `base`. In a prefix code no word starts with another, so a text of code words can be read from
left to right without separators.
"""

import heapq
from fractions import Fraction

import numpy as np

from ._arithmetic import accurate_sum, narrow, widen
from ._validation import (
    binary_digits,
    check_decoded,
    check_same_outcomes,
    coded_symbols,
    distribution,
    kraft_lengths,
    non_negative_vectors,
    positive_distribution,
    prefix_code,
    single_distribution,
    word_lengths,
)

__all__ = [
    "canonical_code",
    "decode",
    "encode",
    "expected_length",
    "huffman_code",
    "kraft_sum",
    "shannon_code_lengths",
]


def shannon_code_lengths(p):
    r"""Compute the code lengths that round every surprisal up to whole bits.

    .. math:: \ell_k = \lceil -\log_2 p_k \rceil

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distribution in which no outcome has probability 0.

    Returns
    -------
    ndarray of int, shape (..., K)
        Code lengths in bits; 0 for the certain outcome of K = 1.

    Raises
    ------
    ValueError
        If `p` is not a distribution, or if it holds 0: an outcome that never happens would need
        an infinitely long word. Leave it out, or see `huffman_code`.

    See Also
    --------
    canonical_code : Code words that have these lengths.
    huffman_code : A code of the least expected length.

    Notes
    -----
    The expected length is at least the entropy of `p` and less than 1 bit above it. The Kraft
    sum is at most the sum of `p`. No logarithm is taken: with :math:`p_k = m 2^e` and
    :math:`1/2 \le m < 1`, the length is 1 - e, which is exact for powers of two as well.

    References
    ----------
    .. [1] C. E. Shannon, "A mathematical theory of communication", Bell System Technical Journal
       27 (1948), 379-423, Section 9.

    Examples
    --------
    >>> print(shannon_code_lengths([1 / 2, 1 / 4, 1 / 8, 1 / 8]))
    [1 2 3 3]
    >>> print(shannon_code_lengths([0.9, 0.1]))
    [1 4]
    """
    p = positive_distribution(p, name="p")

    _, exponent = np.frexp(widen(p))
    return 1 - exponent.astype(np.int64)


def huffman_code(p):
    """Build a prefix code of the least expected length.

    Parameters
    ----------
    p : array_like, shape (K,)
        Distribution.

    Returns
    -------
    list of str
        Code words of ``0`` and ``1``, one for each outcome.

    Raises
    ------
    ValueError
        If `p` is not a distribution, or has more than one axis.

    See Also
    --------
    encode, decode : Write and read a text in the code.
    expected_length : The bits it needs per outcome.

    Notes
    -----
    The two least probable groups of outcomes are merged until one group is left; every merge
    makes the words in it one bit longer. Of equally probable groups the oldest is taken, and
    single outcomes are older than merged ones, so the result depends on `p` alone. The sums of
    probabilities are exact, and the words are those of `canonical_code`.

    The expected length is at least the entropy and less than 1 bit above it. K = 1 is the
    exception: its word is ``0``, not empty, so that the number of outcomes can be read back.
    An outcome of probability 0 gets a word too.

    References
    ----------
    .. [1] D. A. Huffman, "A method for the construction of minimum-redundancy codes",
       Proceedings of the IRE 40 (1952), 1098-1101.

    Examples
    --------
    >>> huffman_code([1 / 2, 1 / 4, 1 / 8, 1 / 8])
    ['0', '10', '110', '111']
    """
    p = single_distribution(p, name="p")

    ratios = [probability.as_integer_ratio() for probability in p.tolist()]
    denominator = max(d for _, d in ratios)  # all are powers of two, so the largest is common
    groups = [(n * (denominator // d), k, [k]) for k, (n, d) in enumerate(ratios)]
    heapq.heapify(groups)
    lengths = [0] * len(groups) if len(groups) > 1 else [1]
    for age in range(len(groups), 2 * len(groups) - 1):
        (weight, _, group), (other_weight, _, other) = heapq.heappop(groups), heapq.heappop(groups)
        merged = group + other
        for k in merged:
            lengths[k] += 1
        heapq.heappush(groups, (weight + other_weight, age, merged))
    return canonical_code(lengths)


def canonical_code(lengths):
    """Build the prefix code that has given lengths, words in numerical order.

    Parameters
    ----------
    lengths : array_like of int, shape (K,)
        Code lengths in bits.

    Returns
    -------
    list of str
        Code words, one for each length.

    Raises
    ------
    ValueError
        If a length is negative, or if the Kraft sum is above 1: no prefix code has such lengths.
    TypeError
        If the lengths are not integers.

    See Also
    --------
    kraft_sum : The sum that decides whether there is such a code.

    Notes
    -----
    Shorter words come first, and words of one length in the order of their outcomes. Each word
    is the number after the word before it, written with enough digits.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Theorem 5.2.1.

    Examples
    --------
    >>> canonical_code([2, 1, 3, 3])
    ['10', '0', '110', '111']
    """
    lengths = kraft_lengths(lengths, name="lengths")

    words = [""] * len(lengths)
    number, digits = 0, 0
    for k in sorted(range(len(lengths)), key=lambda k: lengths[k]):
        number <<= lengths[k] - digits
        digits = lengths[k]
        words[k] = f"{number:0{digits}b}" if digits else ""
        number += 1
    return words


def kraft_sum(lengths):
    r"""Compute the share of the binary tree that code words of given lengths take.

    .. math:: \sum_{k=1}^{K} 2^{-\ell_k}

    Parameters
    ----------
    lengths : array_like of int, shape (K,)
        Code lengths in bits.

    Returns
    -------
    fractions.Fraction
        Exact sum: at most 1 if and only if some prefix code has these lengths, and 1 if that
        code wastes nothing.

    Raises
    ------
    ValueError
        If a length is negative, or if there is none.
    TypeError
        If the lengths are not integers.

    See Also
    --------
    canonical_code : Code words for lengths whose Kraft sum is at most 1.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Theorem 5.2.1.

    Examples
    --------
    >>> print(kraft_sum([1, 2, 3, 3]))
    1
    >>> print(kraft_sum([1, 1, 2]))  # too short: no prefix code has these
    5/4
    """
    lengths = word_lengths(lengths, name="lengths")

    return sum((Fraction(1, 2**length) for length in lengths), Fraction(0))


def expected_length(p, lengths):
    r"""Compute the average length of a code word for an outcome from `p`.

    .. math:: L = \sum_{k=1}^{K} p_k \ell_k

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distribution of the outcomes.
    lengths : array_like, shape (..., K)
        Code lengths in bits: non-negative, whole or not. Leading axes broadcast against those
        of `p`.

    Returns
    -------
    float or ndarray, shape (...)
        Expected length in bits per outcome. An outcome of probability 0 contributes nothing,
        even one of infinite length.

    Raises
    ------
    ValueError
        If `p` is not a distribution, if a length is negative or NaN, if the two differ in K, or
        if their leading axes do not broadcast.

    See Also
    --------
    cross_entropy : With ``base=2``, the expected length for the lengths ``surprisal(q, base=2)``.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Section 5.1.

    Examples
    --------
    >>> print(expected_length([1 / 2, 1 / 4, 1 / 8, 1 / 8], [1, 2, 3, 3]), "bits")
    1.75 bits
    """
    p, lengths = distribution(p, name="p"), non_negative_vectors(lengths, name="lengths")
    check_same_outcomes(p, lengths, names=("p", "lengths"))

    terms = np.zeros(np.broadcast_shapes(p.shape, lengths.shape))
    with np.errstate(under="ignore"):
        np.multiply(widen(p), widen(lengths), out=terms, where=p > 0)
        return narrow(accurate_sum(terms), p)


def encode(symbols, code):
    """Write symbols as one string of binary digits.

    Parameters
    ----------
    symbols : iterable
        The text: a string, or any sequence of symbols.
    code : mapping or sequence
        Prefix code: a dict from symbol to code word, or a list of words, as from `huffman_code`,
        for the symbols 0, ..., K - 1.

    Returns
    -------
    str
        The code words of all symbols, one after the other.

    Raises
    ------
    ValueError
        If a symbol has no code word, or if `code` is not a prefix code of non-empty words.
    TypeError
        If `code` holds anything but strings.

    See Also
    --------
    decode : Its inverse.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Section 5.1.

    Examples
    --------
    >>> encode("banana", {"a": "0", "n": "10", "b": "11"})
    '110100100'
    """
    code = prefix_code(code, name="code")
    symbols = coded_symbols(symbols, code, name="symbols")

    return "".join(code[symbol] for symbol in symbols)


def decode(bits, code):
    """Read the symbols back from a string of binary digits.

    Parameters
    ----------
    bits : str
        Digits written by `encode`.
    code : mapping or sequence
        The prefix code they were written in.

    Returns
    -------
    list
        The symbols. For a text, ``"".join`` puts them together.

    Raises
    ------
    ValueError
        If `bits` is not a sequence of whole code words, or if `code` is not a prefix code of
        non-empty words.
    TypeError
        If `bits` is not a string, or if `code` holds anything but strings.

    See Also
    --------
    encode : Its inverse.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       Section 5.1.

    Examples
    --------
    >>> "".join(decode("110100100", {"a": "0", "n": "10", "b": "11"}))
    'banana'
    """
    bits, code = binary_digits(bits, name="bits"), prefix_code(code, name="code")

    symbol_of = {word: symbol for symbol, word in code.items()}
    symbols, start = [], 0
    for end in range(1, len(bits) + 1):
        if bits[start:end] in symbol_of:  # no word starts with another, so the first match is it
            symbols.append(symbol_of[bits[start:end]])
            start = end
    check_decoded(bits[start:], start, name="bits")
    return symbols
