"""Side-by-side measurements. Each prints ratios and checks every answer first; none is part of the tests."""
