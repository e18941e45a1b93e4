"""Investigation files: pins, programs, chains, questions."""
