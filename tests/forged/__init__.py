"""Ways to bend a token or a key set, by name, each with the step of the exchange that refuses it."""
