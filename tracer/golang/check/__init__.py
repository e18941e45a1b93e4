"""go/types' job on syntax trees: what each name and expression of a unit means."""
