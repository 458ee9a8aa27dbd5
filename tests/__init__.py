"""Tests of the whole program; see README.md."""
