"""The rule studio: pages on which people who are no programmers change what Ashore advises."""
