"""What changed between two looks: the facts in the words of the domain, and the findings that came of it."""
