"""Checks of one link: nobody else gets in."""
