"""Checks of one link: the trust policy names provider, subject and audience."""
