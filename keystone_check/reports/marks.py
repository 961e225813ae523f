"""The mark of each status in the text report, and its style."""

from keystone_check.model.finding import Status

MARKS = {
    Status.CRASHED: ("!", "bold magenta"),
    Status.BROKEN: ("✗", "bold red"),
    Status.BLOCKED: ("?", "bold yellow"),
    Status.HOLDS: ("✓", "green"),
    Status.NOT_APPLICABLE: ("–", "dim"),
}
"""From the worst: a link's mark is the worst of its outcomes."""
ACCEPTED = ("≈", "yellow")
"""Broken, and the user lives with it."""
