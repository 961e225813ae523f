"""Checks of one link: service accounts name their roles."""
