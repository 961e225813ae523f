"""Diagnose, prove and repair OIDC federation between a self-hosted Kubernetes cluster and AWS."""

__version__ = "0.1.0"
