"""Checks of one link: the hosts serve certificates that AWS accepts."""
