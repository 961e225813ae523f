"""Checks of one link: Karpenter may do what it is set to do."""
