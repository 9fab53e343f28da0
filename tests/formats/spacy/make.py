"""Write what spaCy saves of two invented texts, with names and span groups set by hand: Doc.to_json and a DocBin.

    pip install spacy==3.8.18 && python make.py
"""

import json
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin, Span

HERE = Path(__file__).parent
TEXTS = {
    "d1": "🎉 Ann Lee of Acme met Bob in Oslo.",
    "d2": "Acme's envoys — “friends” of Zoë Ng — met Bob in Oslo. Ann Lee stayed in Osloville.",
}
NAMES = {"Ann Lee": "PERSON", "Acme": "ORG", "Bob": "PERSON", "Oslo": "GPE", "Zoë Ng": "PERSON", "Osloville": "GPE"}
SPANS = {
    "sc": {"Ann Lee": "PER", "Ann Lee of Acme": "PER", "Acme": "ORG", "Acme's envoys": "PER"},
    "triggers": {"met": "CONSULT"},
}
KNOWN = {"Ann Lee": "Q1", "Oslo": "Q585"}


def marked(nlp: spacy.Language, doc_id: str, text: str) -> Doc:
    doc = nlp(text)
    doc.user_data["doc_id"] = doc_id
    doc.set_ents([span(doc, name, label) for name, label in NAMES.items() if name in text])
    for key, wanted in SPANS.items():
        doc.spans[key] = [span(doc, words, label) for words, label in wanted.items() if words in text]
    return doc


def span(doc: Doc, words: str, label: str) -> Span:
    at = doc.text.index(words)
    found = doc.char_span(at, at + len(words), label=label, kb_id=KNOWN.get(words, ""))
    if found is None:
        raise ValueError(f"{words} does not begin and end with a token")
    return found


nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
docs = [marked(nlp, doc_id, text) for doc_id, text in TEXTS.items()]
lines = [json.dumps(doc.to_json(), ensure_ascii=False) for doc in docs]
(HERE / "docs.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
DocBin(docs=docs, store_user_data=True).to_disk(HERE / "docs.spacy")
rows = [json.dumps({"doc_id": doc_id, "text": text}, ensure_ascii=False) for doc_id, text in TEXTS.items()]
(HERE / "texts.jsonl").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
