"""Traces as pages and as data."""
