"""Pins, clones and snapshots."""
