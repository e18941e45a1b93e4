"""Bytes to facts and trees of one file, by tree-sitter; knows no other file."""
