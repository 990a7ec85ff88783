#!/usr/bin/env python3
"""Holds a text to OpenMetrics 1.0.0, strictly; with prometheus_client to its parser as well.

usage: openmetrics_check.py FILE [NAME ...]: and that there are samples of these names
"""
import re
import sys

LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:%s(?:,%s)*)?\})? (\S+)$" % (LABEL, LABEL))
NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


def check(text):
    assert text.endswith("# EOF\n"), "the last line is not # EOF"
    lines = text[: -len("# EOF\n")].split("\n")
    assert lines.pop() == "", "a line without its end before # EOF"
    families, current, seen = {}, None, set()
    for line in lines:
        assert line != "# EOF", "# EOF twice"
        if line.startswith("#"):
            word, name, rest = (line.split(" ", 3)[1:] + [""])[:3]
            if name != current:
                assert name not in families, "%s: its samples are not together" % name
                families[name], current = {}, name
            family = families[name]
            assert word in ("TYPE", "UNIT", "HELP"), line
            assert word not in family, "%s of %s twice" % (word, name)
            assert "samples" not in family, "%s behind samples of %s" % (word, name)
            family[word] = rest
            if word == "UNIT":
                assert name.endswith("_" + rest), "%s does not end in its unit %s" % (name, rest)
            if word == "TYPE":
                assert rest in ("counter", "gauge"), rest
            continue
        match = SAMPLE.match(line)
        assert match, "no sample: %r" % line
        name, labels, value = match.group(1), match.group(2) or "", match.group(3)
        kind = families[current].get("TYPE")
        assert kind, "a sample without a type: %s" % line
        assert name == current + ("_total" if kind == "counter" else ""), line
        assert NUMBER.match(value), "no number: %s" % line
        assert kind != "counter" or float(value) >= 0, line
        names = re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*"', labels)
        assert len(names) == len(set(names)), "a label twice: %s" % line
        assert (name, labels) not in seen, "a sample twice: %s" % line
        seen.add((name, labels))
        families[current]["samples"] = True
    for name in families:
        for other in families:
            assert name == other or not other == name + "_total", "names collide: %s" % other
    return {name for name, _ in seen}


def main():
    with open(sys.argv[1], "rb") as file:
        text = file.read().decode("utf-8", "strict")
    names = check(text)
    for name in sys.argv[2:]:
        assert name in names, "no sample of %s" % name
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
    except ImportError:
        print("prometheus_client is not here: only our own check was made")
        return
    read = {s.name for family in text_string_to_metric_families(text) for s in family.samples}
    assert read == names, read ^ names
    print("prometheus_client reads the same %d names" % len(read))


if __name__ == "__main__":
    main()
