"""What the flow of a program needs to know of one unit, without its syntax: the wall between packages and programs."""
