"""Checks of one link: ACK controllers may do what they reconcile."""
