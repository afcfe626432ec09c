"""The ways out to a person. Each takes a letter and an address, and says plainly what became of it."""
