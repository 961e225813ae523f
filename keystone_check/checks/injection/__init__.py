"""Checks of one link: pods get the token and the role."""
