"""Measures of information: hand-worked cases, 60-digit answers, SciPy, theorems and edges."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cecourse import (
    binary_entropy,
    conditional_entropy,
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    perplexity,
    surprisal,
)
from tests.oracles import (
    epsilons_off,
    mpmath_binary_entropy,
    mpmath_conditional_entropy,
    mpmath_cross_entropy,
    mpmath_entropy,
    mpmath_js_divergence,
    mpmath_kl_divergence,
    mpmath_mutual_information,
    mpmath_surprisal,
    scipy_cross_entropy,
    scipy_entropy,
    scipy_js_divergence,
    scipy_kl_divergence,
)
from tests.strategies import channels, distributions, joints, pairs

INF = np.inf
EPS = np.finfo(float).eps
LOG2_10 = math.log2(10)

# A theorem relates quantities of exact distributions; a stored one sums to 1 only within about
# K epsilons. An amount of K eps of probability, at a surprisal of at most 745 nats (the smallest
# float), moves a sum of K <= 32 terms by at most 32 * 745 * eps = 5.3e-12 nats. Each theorem
# compares at most three such sums.
ROUNDING = 2e-11


# --- Cases worked by hand --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "closed_form"),
    [
        pytest.param(surprisal(1 / 8, base=2), 3, id="surprisal-of-one-in-eight"),
        pytest.param(surprisal(0.1, base=10), 1, id="surprisal-in-decimal-digits"),
        pytest.param(surprisal([1, 0]), [0, INF], id="surprisal-certain-and-impossible"),
        pytest.param(entropy([1 / 2, 1 / 2], base=2), 1, id="fair-coin"),
        pytest.param(entropy([1 / 2, 1 / 2]), math.log(2), id="fair-coin-in-nats"),
        pytest.param(entropy([1 / 4] * 4, base=2), 2, id="four-equal"),
        pytest.param(entropy([1 / 2, 1 / 4, 1 / 8, 1 / 8], base=2), 7 / 4, id="dyadic"),
        pytest.param(entropy([1, 0, 0]), 0, id="certain"),
        pytest.param(entropy([1]), 0, id="one-outcome"),
        pytest.param(entropy([0.2] * 5, base=5), 1, id="five-equal-in-base-5"),
        pytest.param(
            binary_entropy(0.9, base=2), LOG2_10 - 0.9 * math.log2(9), id="binary-nine-in-ten"
        ),
        pytest.param(binary_entropy([0, 1 / 2, 1], base=2), [0, 1, 0], id="binary-ends"),
        pytest.param(
            cross_entropy([1 / 2, 1 / 2], [1 / 4, 3 / 4], base=2),
            2 - math.log2(3) / 2,
            id="fair-coin-coded-as-biased",
        ),
        pytest.param(cross_entropy([1, 0], [1 / 8, 7 / 8], base=2), 3, id="one-hot-is-surprisal"),
        pytest.param(cross_entropy([1, 0], [0, 1]), INF, id="impossible-happens"),
        pytest.param(cross_entropy([1, 0], [1, 0]), 0, id="certain-and-right"),
        pytest.param(cross_entropy([0, 1], [0, 1]), 0, id="impossible-does-not-happen"),
        pytest.param(
            kl_divergence([1 / 2, 1 / 2], [1 / 4, 3 / 4], base=2),
            1 - math.log2(3) / 2,
            id="kl-fair-from-biased",
        ),
        pytest.param(
            kl_divergence([1 / 4, 3 / 4], [1 / 2, 1 / 2], base=2),
            3 / 4 * math.log2(3) - 1,
            id="kl-biased-from-fair",
        ),
        pytest.param(kl_divergence([1, 0], [1 / 2, 1 / 2], base=2), 1, id="kl-certain-from-fair"),
        pytest.param(kl_divergence([1 / 2, 1 / 2], [1, 0]), INF, id="kl-impossible-happens"),
        pytest.param(kl_divergence([1], [1]), 0, id="kl-one-outcome"),
        pytest.param(js_divergence([1, 0], [0, 1], base=2), 1, id="js-disjoint-is-one-bit"),
        pytest.param(
            js_divergence([1, 0], [1 / 2, 1 / 2], base=2),
            # m = (3/4, 1/4): log2(4/3)/2 + (log2(2/3)/2 + 1/2)/2
            math.log2(4 / 3) / 2 + (math.log2(2 / 3) / 2 + 1 / 2) / 2,
            id="js-certain-and-fair",
        ),
        pytest.param(perplexity([1 / 6] * 6), 6, id="perplexity-of-a-die"),
        pytest.param(perplexity([1, 0], [1 / 4, 3 / 4]), 4, id="perplexity-of-a-model"),
        pytest.param(perplexity([1, 0], [0, 1]), INF, id="perplexity-impossible-happens"),
        pytest.param(perplexity([1, 0], [5e-324, 1]), INF, id="perplexity-too-large"),
        pytest.param(
            conditional_entropy([[1 / 2, 0], [1 / 4, 1 / 4]], base=2), 1 / 2, id="X-helps-by-half"
        ),
        pytest.param(
            conditional_entropy([[1 / 2, 1 / 4], [0, 1 / 4]], base=2),
            3 / 4 * (math.log2(3) - 2 / 3),
            id="the-transpose-is-another-number",
        ),
        pytest.param(conditional_entropy(np.eye(4) / 4), 0, id="X-determines-Y"),
        pytest.param(mutual_information(np.eye(4) / 4, base=2), 2, id="Y-is-X"),
        pytest.param(mutual_information(np.full((2, 4), 1 / 8)), 0, id="independent"),
        pytest.param(
            mutual_information([[1 / 2, 0], [1 / 4, 1 / 4]], base=2),
            2 - 3 / 4 * math.log2(3) - 1 / 2,
            id="H(Y)-less-what-is-left",
        ),
    ],
)
def test_hand_worked_case(found, closed_form):
    # The closed forms cancel by a factor of 10 at most, each operation is off by an epsilon.
    assert_allclose(found, closed_form, rtol=40 * EPS, atol=0)


# --- Accuracy --------------------------------------------------------------------------------

PROMISED = 8  # machine epsilons, as the docstrings say


@given(distributions())
def test_entropy_matches_mpmath(p):
    assert epsilons_off(entropy(p), mpmath_entropy(p), float) <= 4


@given(pairs())
def test_cross_entropy_matches_mpmath(pair):
    assert epsilons_off(cross_entropy(*pair), mpmath_cross_entropy(*pair), float) <= 4


@given(st.floats(0, 1))
def test_surprisal_matches_mpmath(p):
    true = mpmath.inf if p == 0 else mpmath_surprisal(p)
    assert epsilons_off(surprisal(p), true, float) <= 1


@given(st.one_of(st.floats(0, 1), st.floats(0, 1e-300), st.floats(0, 1e-15).map(lambda x: 1 - x)))
def test_binary_entropy_matches_mpmath(p):
    assert epsilons_off(binary_entropy(p), mpmath_binary_entropy(p), float) <= 4


@given(pairs())
def test_kl_divergence_matches_mpmath(pair):
    with mpmath.workdps(700):  # 1e-300 squared is in the sums
        true = mpmath_kl_divergence(*pair)
        assert epsilons_off(kl_divergence(*pair), true, float) <= PROMISED


@given(pairs())
def test_js_divergence_matches_mpmath(pair):
    with mpmath.workdps(700):
        true = mpmath_js_divergence(*pair)
        assert epsilons_off(js_divergence(*pair), true, float) <= PROMISED


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-8, 1e-10, 1e-12, 1e-14, 3e-16])
@pytest.mark.parametrize("K", [2, 10, 1000])
def test_divergences_of_nearly_equal_distributions_match_mpmath(K, size):
    rng = np.random.default_rng(K)
    p = rng.dirichlet(np.ones(K))
    q = p * (1 + size * rng.normal(size=K))
    q /= q.sum()
    assert epsilons_off(kl_divergence(p, q), mpmath_kl_divergence(p, q), float) <= PROMISED
    assert epsilons_off(js_divergence(p, q), mpmath_js_divergence(p, q), float) <= PROMISED


@pytest.mark.parametrize("factor", [1 + 1e-9, 1 - 1e-8, 1 + 1e-13])
def test_divergences_are_those_of_the_normalised_vectors(factor):
    p = np.random.default_rng(1).dirichlet(np.ones(6))
    q = p * factor  # proportional to p but for rounding
    true = mpmath_kl_divergence(p, q)
    assert 0 < true < 1e-30
    assert epsilons_off(kl_divergence(p, q), true, float) <= PROMISED
    assert epsilons_off(js_divergence(p, q), mpmath_js_divergence(p, q), float) <= PROMISED


@pytest.mark.parametrize("factor", [1 + 1e-8, 1 - 1e-8])
def test_mutual_information_is_that_of_the_normalised_table(factor):
    joint = factor * np.random.default_rng(2).dirichlet(np.ones(6)).reshape(2, 3)
    true = mpmath_mutual_information(joint)
    assert epsilons_off(mutual_information(joint), true, float) <= PROMISED


@pytest.mark.parametrize("ratio", [0.1, 0.3, 0.49, 0.51, 0.9, 1.1, 1.99, 2.01, 3.0, 4.1, 10.0])
def test_divergences_where_one_small_outcome_decides(ratio):
    p, q = np.array([1.0, 1e-30]), np.array([1.0, ratio * 1e-30])
    with mpmath.workdps(150):
        assert epsilons_off(kl_divergence(p, q), mpmath_kl_divergence(p, q), float) <= PROMISED
        assert epsilons_off(js_divergence(p, q), mpmath_js_divergence(p, q), float) <= PROMISED


@given(joints())
def test_conditional_entropy_matches_mpmath(joint):
    with mpmath.workdps(700):
        true = mpmath_conditional_entropy(joint)
        assert epsilons_off(conditional_entropy(joint), true, float) <= PROMISED


@given(joints())
def test_mutual_information_matches_mpmath(joint):
    with mpmath.workdps(700):
        found, true = mutual_information(joint), mpmath_mutual_information(joint)
        if true < 1e-30:  # what rounding leaves of independence
            assert 0 <= found < 2e-30
        else:
            assert epsilons_off(found, true, float) <= PROMISED


@pytest.mark.parametrize("size", [1e-2, 1e-6, 1e-10, 1e-14])
def test_mutual_information_of_nearly_independent_variables_matches_mpmath(size):
    rng = np.random.default_rng(2)
    joint = np.outer(rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(5)))
    joint *= 1 + size * rng.normal(size=joint.shape)
    joint /= joint.sum()
    true = mpmath_mutual_information(joint)
    assert epsilons_off(mutual_information(joint), true, float) <= PROMISED


def test_mutual_information_where_the_product_of_the_margins_underflows():
    joint = np.array([[1.0, 1e-200], [1e-200, 1e-250]])
    with mpmath.workdps(700):
        true = mpmath_mutual_information(joint)
    assert epsilons_off(mutual_information(joint), true, float) <= PROMISED


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_narrow_floats_are_rounded_once(dtype):
    rng = np.random.default_rng(3)
    p, q = (rng.dirichlet(np.ones(20)).astype(dtype) for _ in range(2))
    for found, true in [
        (entropy(p), mpmath_entropy(p)),
        (cross_entropy(p, q), mpmath_cross_entropy(p, q)),
        (kl_divergence(p, q), mpmath_kl_divergence(p, q)),
        (js_divergence(p, q), mpmath_js_divergence(p, q)),
    ]:
        assert epsilons_off(found, true, dtype) <= 0.51  # half an epsilon and the work before it


def test_one_hundred_thousand_outcomes():
    K = 100_000
    uniform = np.full(K, 1 / K)
    assert epsilons_off(entropy(uniform), mpmath_entropy([1 / K]) * K, float) <= 4
    steps = np.random.default_rng(4).integers(-3, 4, size=K)
    q = uniform * (1 + 1e-8 * steps)
    q /= q.sum()
    values, counts = np.unique(q, return_counts=True)  # few, so that 60 digits are cheap
    total = mpmath.fsum(int(n) * mpmath.mpf(v) for n, v in zip(counts, values, strict=True))
    shares = [(int(n), K * mpmath.mpf(v) / total) for n, v in zip(counts, values, strict=True)]
    true = -mpmath.fsum(n * mpmath.log(share) for n, share in shares) / K
    assert epsilons_off(kl_divergence(uniform, q), true, float) <= PROMISED


@pytest.mark.parametrize(
    ("function", "oracle"),
    [
        (cross_entropy, scipy_cross_entropy),
        (kl_divergence, scipy_kl_divergence),
        (js_divergence, scipy_js_divergence),
    ],
    ids=lambda argument: argument.__name__,
)
def test_agrees_with_scipy_on_ordinary_pairs(function, oracle):
    rng = np.random.default_rng(5)
    p, q = rng.dirichlet(np.ones(6), size=(3, 4)), rng.dirichlet(np.ones(6), size=4)
    # SciPy's sums of 6 terms of both signs keep some 10 epsilons of terms that reach 5.
    assert_allclose(function(p, q), oracle(*np.broadcast_arrays(p, q)), atol=50 * EPS, rtol=0)


def test_entropy_agrees_with_scipy():
    p = np.random.default_rng(6).dirichlet(np.ones(6), size=(3, 4))
    assert_allclose(entropy(p), scipy_entropy(p), rtol=10 * EPS)


# --- Theorems --------------------------------------------------------------------------------


@given(pairs())
def test_gibbs_inequality(pair):
    p, q = pair
    assert kl_divergence(p, q) >= 0
    assert kl_divergence(p, p) == 0
    assert cross_entropy(p, q) >= entropy(p) - ROUNDING


@given(pairs(positive=True))
def test_kl_divergence_is_positive_between_different_distributions(pair):
    p, q = pair
    difference = np.abs(p - q).max()
    if difference > 1e-14:  # beyond what normalising takes back
        assert kl_divergence(p, q) > 0
        assert js_divergence(p, q) > 0


@given(pairs())
def test_cross_entropy_is_entropy_plus_kl_divergence(pair):
    p, q = pair
    assert_allclose(cross_entropy(p, q), entropy(p) + kl_divergence(p, q), atol=ROUNDING)


def test_kl_divergence_is_asymmetric():
    fair, biased = [1 / 2, 1 / 2], [1 / 4, 3 / 4]
    assert kl_divergence(fair, biased) > 1.05 * kl_divergence(biased, fair)


@given(distributions())
def test_entropy_lies_between_zero_and_log_K(p):
    assert 0 <= entropy(p) <= math.log(len(p)) + ROUNDING


@pytest.mark.parametrize("K", [1, 2, 3, 10, 1000])
def test_entropy_is_largest_for_the_uniform_distribution(K):
    assert_allclose(entropy(np.full(K, 1 / K)), math.log(K), rtol=2 * EPS)


@given(st.floats(1e-150, 1), st.floats(1e-150, 1))
def test_surprisal_of_independent_outcomes_adds(p, q):
    # The product rounds: half an epsilon, absolute in its logarithm; each surprisal is < 346.
    assert_allclose(surprisal(p * q), surprisal(p) + surprisal(q), rtol=2 * EPS, atol=EPS)


@given(distributions(), distributions())
def test_entropy_of_independent_variables_adds(p, q):
    joint = np.outer(p, q).ravel()
    assert_allclose(entropy(joint), entropy(p) + entropy(q), atol=2 * ROUNDING)


@given(pairs(at_most=4, positive=True), pairs(at_most=4, positive=True))
def test_kl_divergence_of_independent_variables_adds(one, two):
    p, q = np.outer(one[0], two[0]).ravel(), np.outer(one[1], two[1]).ravel()
    if (q[p > 0] > 0).all():  # no product underflowed
        total = kl_divergence(*one) + kl_divergence(*two)
        assert_allclose(kl_divergence(p, q), total, atol=2 * ROUNDING)


@given(joints())
def test_chain_rule_of_entropy(joint):
    total = entropy(joint.sum(axis=1)) + conditional_entropy(joint)
    assert_allclose(entropy(joint.ravel()), total, atol=ROUNDING)


@given(joints())
def test_mutual_information_is_the_entropy_that_knowledge_removes(joint):
    removed = entropy(joint.sum(axis=0)) - conditional_entropy(joint)
    assert_allclose(mutual_information(joint), removed, atol=ROUNDING)


@given(joints())
def test_conditioning_reduces_entropy(joint):
    assert 0 <= conditional_entropy(joint) <= entropy(joint.sum(axis=0)) + ROUNDING


@given(joints())
def test_mutual_information_is_symmetric_and_non_negative(joint):
    one_way, other_way = mutual_information(joint), mutual_information(joint.T)
    assert one_way >= 0
    assert_allclose(one_way, other_way, rtol=2 * PROMISED * EPS, atol=2e-30)


@given(joints())
def test_mutual_information_is_the_divergence_from_the_product(joint):
    product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    if (product[joint > 0] > 0).all():
        divergence = kl_divergence(joint.ravel(), product.ravel())
        assert_allclose(mutual_information(joint), divergence, atol=ROUNDING)


@given(st.lists(st.tuples(st.floats(1e-6, 1), st.floats(1e-6, 1)), min_size=1, max_size=8))
def test_log_sum_inequality(weights):
    a, b = np.array(weights).T
    # sum a log(a/b) >= A log(A/B), that is, A times the divergence of the normalised weights.
    left = math.fsum(a * np.log(a / b))
    right = a.sum() * math.log(a.sum() / b.sum())
    assert_allclose(left - right, a.sum() * kl_divergence(a / a.sum(), b / b.sum()), atol=ROUNDING)


@given(st.data())
def test_data_processing_inequality(data):
    p, q = data.draw(pairs(at_most=4))
    channel = data.draw(channels(len(p)))
    assert kl_divergence(_through(p, channel), _through(q, channel)) <= (
        kl_divergence(p, q) + ROUNDING
    )


@given(st.data())
def test_data_processing_inequality_for_mutual_information(data):
    joint = data.draw(joints())
    channel = data.draw(channels(joint.shape[1]))
    processed = joint @ channel
    assert mutual_information(processed / processed.sum()) <= mutual_information(joint) + ROUNDING


def _through(p, channel):
    output = p @ channel
    return output / output.sum()


@given(st.data())
def test_grouping_property_of_entropy(data):
    p = data.draw(distributions(at_least=3))
    merged = np.r_[p[0] + p[1], p[2:]]
    merged = np.minimum(merged, 1.0)
    inside = 0.0 if merged[0] == 0 else merged[0] * binary_entropy(min(p[0] / merged[0], 1.0))
    assert_allclose(entropy(p), entropy(merged) + inside, atol=ROUNDING)


@given(st.data(), st.floats(0, 1))
def test_entropy_is_concave(data, share):
    p, q = data.draw(pairs())
    mixture = share * p + (1 - share) * q
    mixture = np.minimum(mixture, 1.0)
    assert entropy(mixture) >= share * entropy(p) + (1 - share) * entropy(q) - ROUNDING


@given(st.data(), st.floats(0, 1))
def test_kl_divergence_is_jointly_convex(data, share):
    p, q = data.draw(pairs(positive=True))
    K = len(p)
    r = data.draw(distributions(outcomes=K, positive=True))
    s = data.draw(distributions(outcomes=K, positive=True))
    left = kl_divergence(_mix(share, p, r), _mix(share, q, s))
    assert left <= share * kl_divergence(p, q) + (1 - share) * kl_divergence(r, s) + ROUNDING


def _mix(share, p, q):
    return np.minimum(share * p + (1 - share) * q, 1.0)


@given(pairs())
def test_pinsker_inequality(pair):
    p, q = pair
    assert kl_divergence(p, q) >= np.abs(p - q).sum() ** 2 / 2 - ROUNDING


@given(pairs())
def test_js_divergence_is_symmetric_and_at_most_one_bit(pair):
    p, q = pair
    assert_allclose(js_divergence(p, q), js_divergence(q, p), rtol=2 * PROMISED * EPS)
    assert js_divergence(p, p) == 0
    assert 0 <= js_divergence(p, q) <= math.log(2)
    assert js_divergence(p, q, base=2) <= 1


@pytest.mark.parametrize("seed", range(50))
def test_js_divergence_of_disjoint_distributions_never_rounds_above_one_bit(seed):
    p = np.r_[np.random.default_rng(seed).dirichlet(np.ones(3)), 0, 0, 0]
    found = js_divergence(p, p[::-1])
    assert math.log(2) * (1 - PROMISED * EPS) <= found <= math.log(2)
    assert js_divergence(p, p[::-1], base=2) <= 1


@given(pairs())
def test_js_divergence_is_the_mean_divergence_from_the_middle(pair):
    p, q = pair
    m = (p + q) / 2
    mean = (kl_divergence(p, m) + kl_divergence(q, m)) / 2
    assert_allclose(js_divergence(p, q), mean, atol=ROUNDING)


@given(st.data())
def test_root_of_js_divergence_satisfies_the_triangle_inequality(data):
    p, q = data.draw(pairs())
    r = data.draw(distributions(outcomes=len(p)))
    direct = math.sqrt(js_divergence(p, r))
    assert direct <= math.sqrt(js_divergence(p, q)) + math.sqrt(js_divergence(q, r)) + 1e-7


@given(st.data(), st.floats(0, 1))
def test_cross_entropy_is_linear_in_the_true_distribution(data, share):
    p, q = data.draw(pairs(positive=True))
    r = data.draw(distributions(outcomes=len(p)))
    mixed = cross_entropy(_mix(share, p, r), q)
    parts = share * cross_entropy(p, q) + (1 - share) * cross_entropy(r, q)
    assert_allclose(mixed, parts, atol=ROUNDING)


@given(st.floats(0, 1))
def test_binary_entropy_is_the_entropy_of_two_outcomes(p):
    assert_allclose(binary_entropy(p), entropy([p, 1 - p]), rtol=4 * EPS, atol=EPS)


@given(pairs())
def test_perplexity_is_the_exponential_of_cross_entropy(pair):
    p, q = pair
    nats = cross_entropy(p, q)
    if nats < 700:
        # exp turns the error of its argument, an epsilon of up to 700, into a relative error.
        assert_allclose(perplexity(p, q), math.exp(nats), rtol=4 * EPS * (1 + nats))
    assert perplexity(p) <= len(p) * (1 + ROUNDING)


@pytest.mark.parametrize("base", [2, 10, 1.5, np.float32(2), np.array(2.0)])
@pytest.mark.parametrize(
    "measure",
    [
        lambda base: surprisal(0.3, base=base),
        lambda base: entropy([0.3, 0.7], base=base),
        lambda base: binary_entropy(0.3, base=base),
        lambda base: cross_entropy([0.3, 0.7], [0.6, 0.4], base=base),
        lambda base: kl_divergence([0.3, 0.7], [0.6, 0.4], base=base),
        lambda base: js_divergence([0.3, 0.7], [0.6, 0.4], base=base),
        lambda base: conditional_entropy([[0.3, 0.1], [0.2, 0.4]], base=base),
        lambda base: mutual_information([[0.3, 0.1], [0.2, 0.4]], base=base),
    ],
    ids=["surprisal", "entropy", "binary", "cross", "kl", "js", "conditional", "mutual"],
)
def test_base_only_changes_the_unit(measure, base):
    assert measure(base) == pytest.approx(measure(None) / math.log(base), rel=2 * EPS)
    assert measure(math.e) == pytest.approx(measure(None), rel=2 * EPS)


# --- Shapes, dtypes and edges ----------------------------------------------------------------

OF_ONE = [entropy, perplexity]
OF_TWO = [cross_entropy, kl_divergence, js_divergence, perplexity]
OF_JOINT = [conditional_entropy, mutual_information]


@pytest.mark.parametrize("function", OF_TWO)
def test_leading_axes_broadcast(function):
    rng = np.random.default_rng(7)
    p, q = rng.dirichlet(np.ones(4), size=(2, 1)), rng.dirichlet(np.ones(4), size=3)
    result = function(p, q)
    assert result.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert result[i, j] == function(p[i, 0], q[j])


@pytest.mark.parametrize("function", OF_JOINT)
def test_leading_axes_of_joint_distributions_are_a_batch(function):
    joints = np.random.default_rng(8).dirichlet(np.ones(12), size=(2, 5)).reshape(2, 5, 3, 4)
    result = function(joints)
    assert result.shape == (2, 5)
    for index in np.ndindex(2, 5):
        assert result[index] == function(joints[index])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_dtype_is_kept(dtype):
    p = np.array([0.25, 0.75], dtype)
    for function in [surprisal, binary_entropy, *OF_ONE]:
        assert function(p).dtype == dtype
    for function in OF_TWO:
        assert function(p, p).dtype == dtype
    for function in OF_JOINT:
        assert function(p[:, None]).dtype == dtype
    assert cross_entropy(p, np.array([0.5, 0.5])).dtype == np.float64


def test_integers_lists_and_booleans_become_float64():
    for p in ([1, 0], (True, False), np.array([1, 0], np.int8)):
        assert entropy(p).dtype == cross_entropy(p, p).dtype == np.float64


def test_one_distribution_gives_one_number():
    assert isinstance(entropy([0.5, 0.5]), float)
    assert isinstance(kl_divergence([0.5, 0.5], [0.5, 0.5]), float)
    assert isinstance(surprisal(0.5), float)


@pytest.mark.parametrize("function", OF_TWO)
def test_memory_layout_does_not_matter_and_inputs_stay(function):
    p = np.random.default_rng(9).dirichlet(np.ones(6), size=6)
    p.flags.writeable = False
    before = p.copy()
    for view in (p[::2], p[:, ::-1], np.asfortranarray(p), p.astype(">f8")):
        expected = function(np.array(view, dtype=float, order="C"), p[0])
        assert_array_equal(function(view, p[0]), expected)
    assert_array_equal(p, before)


@pytest.mark.parametrize(
    "result",
    [
        surprisal(1.0),
        surprisal(1),
        entropy([1.0, 0.0]),
        entropy([0.0, 1.0]),
        binary_entropy(0.0),
        binary_entropy(1.0),
        cross_entropy([1.0, 0.0], [1.0, 0.0]),
        kl_divergence([1.0, 0.0], [1.0, 0.0]),
        js_divergence([0.3, 0.7], [0.3, 0.7]),
        conditional_entropy([[1.0, 0.0]]),
        mutual_information([[1.0, 0.0]]),
    ],
)
def test_zero_is_never_minus_zero(result):
    assert result == 0
    assert not np.signbit(result)


def test_subnormal_probabilities():
    tiny = 5e-324
    log_tiny = 1074 * math.log(2)
    assert_allclose(surprisal(tiny), log_tiny, rtol=2 * EPS)
    assert_allclose(cross_entropy([1, 0], [tiny, 1]), log_tiny, rtol=2 * EPS)
    assert_allclose(kl_divergence([1, 0], [tiny, 1]), log_tiny, rtol=2 * EPS)
    assert_allclose(kl_divergence([tiny, 1], [1, tiny]), log_tiny, rtol=2 * EPS)
    assert js_divergence([tiny, 1], [1, tiny]) == math.log(2)
    assert 0 < conditional_entropy([[1, tiny]]) < 1e-320
    assert mutual_information([[1, 0], [0, tiny]]) < 1e-320


@pytest.mark.parametrize("total", [1 - 1.4e-8, 1 + 1.4e-8])
def test_a_sum_within_the_tolerance_is_taken_as_it_is(total):
    p = np.array([0.25, 0.75]) * total
    assert entropy(p) == pytest.approx(-(p * np.log(p)).sum(), rel=4 * EPS)
    assert kl_divergence(p, [0.25, 0.75]) < 1e-30
