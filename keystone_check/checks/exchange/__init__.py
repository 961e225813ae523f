"""Checks of one link: STS accepts the token."""
