"""The borrower's pages: one question at a time, then the list of steps; they work without JavaScript."""
