"""Traces Go source across processes: every hop proven by types, or marked as what it is."""
