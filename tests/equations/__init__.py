r"""Read the equations of the book as they stand, and evaluate them.

``collect``  finds the equations of a notebook or page and the notes that they carry.
``reader``   turns LaTeX into a tree; it refuses what it cannot read, it never guesses.
``evaluate`` gives random values to the symbols and computes a tree, the named functions with
             ``cecourse`` through the table in ``tests/notation.py``.
``check``    compares the sides of an equation.
``mutants``  makes wrong equations of a right one.
``second_reader`` reads the same LaTeX with SymPy's ``parse_latex``, to check the reader.

``python -m tests.equations FILE ...`` prints every equation of the files with its verdict.

What counts
-----------
Every displayed formula, and every inline formula with a relation. An inline formula is a
declaration, and is not evaluated, if it gives a bare letter its value (``K = 4``), bounds a letter
(``0 < p < 1``), lists with dots, or gives one function of the data at hand a number
(``H(p) = 1.75``: the pinned numbers vouch for that). A side that is a decimal is compared to its
printed digits. ``<=`` must hold on every sample and be strict on one; ``<`` is strict on all.

What a letter is
----------------
The table says what kind of value a letter takes, its indices say what shape: ``i`` runs over the
N examples, other indices over the K classes, free indices take all their values. A letter that
the table does not hold is a random real number.

What an author can note
-----------------------
In a displayed formula as a LaTeX comment on a line of its own, behind an inline formula as an
HTML comment:

``% with p = \operatorname{softmax}(z); L = \operatorname{CCE}(y, p)``
    definitions, also with indices (``z_i = w x_i + b``), arguments (``q(x) = ...``) or a list
    (``p = (\frac{1}{2}, \frac{1}{4}, \frac{1}{4})``, which also says what K is)
``% with y one-hot; x, t positive; base 2``
    kinds: one-hot, binary, integer, real, positive, natural, probability, distribution, vector,
    logits; ``x, y independent``; ``base 2`` gives H, D, JS, h and I in bits; ``K = 2``
``% not evaluated: reason``
    for at most 15% of the displayed formulas
``% wrong on purpose``
    for a mistake to be found: the test fails if the formula holds
"""
