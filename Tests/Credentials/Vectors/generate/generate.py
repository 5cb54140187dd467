#!/usr/bin/env python3
"""Writes ../keys.json and ../Hostile/*.json. Needs `cryptography`; every run writes the same bytes.

    python3 -m venv .venv && .venv/bin/pip install cryptography && .venv/bin/python generate.py
"""
import json
import pathlib

import algorithms
import claims
import keysets
import proofs
import signatures
import texts
import vectors

ROOT = pathlib.Path(__file__).parent.parent

TOKENS = {
    "algorithms": algorithms.algorithms, "header": algorithms.headers, "encoding": texts.encoding, "json": texts.texts,
    "time": claims.times, "claims": claims.contents, "types": claims.types, "unicode": claims.unicode,
    "signatures": signatures.signatures, "binding": signatures.binding,
}


def write(path, document):
    """One vector a line, so that a diff shows which changed."""
    lines = [json.dumps(vector, ensure_ascii=True) for vector in document.pop("vectors")]
    head = json.dumps(document, indent=1, ensure_ascii=False)[:-2]
    (ROOT / path).write_text(head + ',\n "vectors": [\n' + ",\n".join(lines) + "\n]}\n")
    return len(lines)


def main():
    (ROOT / "Hostile").mkdir(exist_ok=True)
    (ROOT / "keys.json").write_text(json.dumps(vectors.keysets(), indent=1) + "\n")
    counts, refused = {}, 0
    for name, family in TOKENS.items():
        document = {"kind": "tokens", "now": vectors.NOW, "policy": vectors.POLICY} | family().document()
        refused += sum("refused" in vector for vector in document["vectors"])
        counts[name] = write(f"Hostile/{name}.json", document)
    family = proofs.proofs()
    document = {"kind": "proofs", "now": vectors.NOW} | family.request | family.document()
    refused += sum("refused" in vector for vector in document["vectors"])
    counts["proofs"] = write("Hostile/proofs.json", document)
    counts["keys"] = write("Hostile/keys.json", {"kind": "keys"} | keysets.keysets())
    print(counts, "hostile tokens and proofs:", refused)


if __name__ == "__main__":
    main()
