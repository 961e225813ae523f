"""Checks of one link: discovery document and key set are public and true."""
