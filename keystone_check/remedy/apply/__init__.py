"""The only writer: one change at a time, and only over what the plan was made for."""

from keystone_check.remedy.apply.writing import apply

__all__ = ["apply"]
