"""The embedded cluster: serves a World so that probes, clients and repairs meet the real protocols."""
