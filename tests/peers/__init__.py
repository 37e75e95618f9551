"""Tests that others wrote, run with the functions of cecourse in the place of theirs."""
