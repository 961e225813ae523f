"""The mark of each status in the text report, its style, and the word that a screen reader says.

No style is yellow or cyan in bold: many terminals draw those bright, which nobody reads on white.
"""

from keystone_check.model.finding import Status

MARKS = {
    Status.CRASHED: ("!", "bold magenta"),
    Status.BROKEN: ("✗", "bold red"),
    Status.BLOCKED: ("?", "yellow"),
    Status.HOLDS: ("✓", "green"),
    Status.NOT_APPLICABLE: ("–", "dim"),
}
"""From the worst: a link's mark is the worst of its outcomes."""
ACCEPTED = ("≈", "yellow")
"""Broken, and the user lives with it."""
WORDS = {
    "!": "failed itself",
    "✗": "broken",
    "?": "could not be seen",
    "✓": "holds",
    "–": "nothing to judge",
    "≈": "accepted",
}
"""By mark."""
