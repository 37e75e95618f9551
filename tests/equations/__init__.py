r"""Read the equations of the book as they stand, and evaluate them.

``collect``  finds the equations of a notebook or page and the notes that they carry.
``reader``   turns LaTeX into a tree; it refuses what it cannot read, it never guesses.
``evaluate`` gives random values to the symbols and computes a tree, the named functions with
             ``cecourse`` through the table in ``tests/notation.py``.
``check``    compares the sides of an equation.
``mutants``  makes wrong equations of a right one.
``second_reader`` reads the same LaTeX with SymPy's ``parse_latex``, to check the reader.

``python -m tests.equations FILE ...`` prints every equation of the files with its verdict.
"""
