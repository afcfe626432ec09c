"""What happened to a person, and which release of the rulebook advised them."""
