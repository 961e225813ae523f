"""Checks of one link: an IAM OIDC provider names the issuer."""
