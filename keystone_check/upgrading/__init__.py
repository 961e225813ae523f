"""The world as it would be after an upgrade, judged before it is made."""
