"""The verdicts on claims as JUnit XML, the form that CI services read: a test case for each claim."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from tracer.model import Check, Evidence
from tracer.sentences import sentence, text

# What XML 1.0 cannot hold, not even escaped (its section 2.2, Char).
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(check: Check) -> str:
    """The XML document; a claim that does not hold is a failure with what stands there now."""
    broken = [verdict for verdict in check.verdicts if not verdict.holds]
    counts = {"tests": str(len(check.verdicts)), "failures": str(len(broken)), "errors": "0", "skipped": "0"}
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {"name": _text(check.investigation), **counts})
    properties = ET.SubElement(suite, "properties")
    for pin in check.pins:
        ET.SubElement(properties, "property", {"name": _text(pin.repository), "value": pin.read})
    for verdict in check.verdicts:
        names = {"name": _text(text(verdict.claim)), "classname": _text(f"{check.investigation}.{verdict.about}")}
        case = ET.SubElement(suite, "testcase", names)
        if verdict.broken is not None:
            failure = ET.SubElement(case, "failure", {"message": _text(sentence(verdict.broken))})
            failure.text = _text("\n".join(_line(e) for e in verdict.instead))
        ET.SubElement(case, "system-out").text = _text("\n".join(_line(e) for e in verdict.evidence))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _line(evidence: Evidence) -> str:
    place = evidence.position
    note = sentence(evidence.message)
    return f"{note}  {place.repository}/{place}" if place is not None else note


def _text(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
