"""Who might mention a name, found as text."""
