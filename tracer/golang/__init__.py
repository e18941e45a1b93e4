"""Go's semantics: modules, packages, scopes, types, inference, value flow, standard library facts."""
