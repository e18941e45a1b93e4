"""Constants as they are declared, and as they are told to people."""

from __future__ import annotations

# Name, type, value as it is declared, and as it is told.
CONSTANTS = [
    ("said", "", r'"say \"hi\"\n"', r'"say \"hi\"\n"'),
    ("raw", "", '`a\tb\\` + "\\xff"', r'"a\tb\\\xff"'),
    ("host", "string", '"a" + ".org"', '"a.org"'),
    ("bits", "", "1 << 3", "8"),
    ("wide", "", "1<<511 - 1", str((1 << 511) - 1)),
    ("mask", "uint8", "^uint8(iota)", "255"),
    ("comma", "", "','", "','"),
    ("octet", "byte", "','", "44"),
    ("on", "", "1 < 2", "true"),
    ("third", "", "1.0 / 3", "1.0/3"),
    ("half", "", "1 / 2.0", "0.5"),
    ("whole", "", "4 / 2.0", "2.0"),
    ("tenth", "float64", "1.0 / 10", "0.1"),
    ("tenth32", "float32", "1.0 / 10", "0.1"),
    ("huge", "", "1e1000 * 1e200", "1e+1200"),
    ("tiny", "", "0x1p-1022 * 0x1p-52", "0x1p-1074"),
    ("Turn", "", "1 + 2i", "(1 + 2i)"),
    ("turned", "complex64", "0.1 - 2.5i", "(0.1 - 2.5i)"),
    ("wait", "time.Duration", "90 * time.Second", "90000000000"),
    ("size", "int", 'len("äb")', "3"),
]
DECLARED = "\n".join(f"const {name} {typ} = {value}\n" for name, typ, value, _ in CONSTANTS)
