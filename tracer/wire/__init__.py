"""What leaves a process, and what serves it in another."""
