"""What a whole program says of its types and functions: class hierarchy, instantiated types, cross-references."""
