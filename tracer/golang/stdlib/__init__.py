"""The standard library: its declarations as generated facts."""
