"""Checks of one link: the API server signs tokens for an issuer that AWS accepts."""
