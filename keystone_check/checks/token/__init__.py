"""Checks of one link: tokens say what they should."""
