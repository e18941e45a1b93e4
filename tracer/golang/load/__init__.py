"""From bytes to packages: build constraints, modules, files, packages and programs."""
