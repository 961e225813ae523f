"""Checks of one link: the bucket lets a stranger read the two documents, and no more."""
