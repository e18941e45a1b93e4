"""Which values reach a place."""
