"""Write what GLiNER's inference gives, entities alone and with relations, with small models that learn two sentences by heart.

    pip install torch gliner==0.2.29 && python make.py
"""

import json
import tempfile
from pathlib import Path

import torch
import transformers as tf
from gliner import GLiNER
from gliner.data_processing import WordsSplitter

HERE = Path(__file__).parent
TEXTS = {
    "d1": "🎉 Ann Lee of Acme met Bob in Oslo.",
    "d2": "Acme's envoys — “friends” of Zoë Ng — met Bob in Oslo. Ann Lee stayed in Osloville.",
}
NAMES = {"Ann Lee": "person", "Acme": "organisation", "Bob": "person", "Osloville": "city", "Oslo": "city", "Zoë Ng": "person"}
LABELS = ["person", "organisation", "city"]
RELATIONS = ["member of"]


def row(text: str) -> dict:
    """The text in GLiNER's form for training: words, spans of words with both ends inside, and relations between spans."""
    words = list(WordsSplitter("whitespace")(text))
    starts, ends = [start for _, start, _ in words], [end for _, _, end in words]
    spans = []
    for name, label in NAMES.items():
        at = text.find(name)
        if at in starts and at + len(name) in ends:
            spans.append([starts.index(at), ends.index(at + len(name)), label])
    spans.sort()
    found = {text[starts[s] : ends[e]]: i for i, (s, e, _) in enumerate(spans)}
    joined = [[found["Ann Lee"], found["Acme"], "member of"]] if text.startswith("🎉") else []
    return {
        "tokenized_text": [word for word, _, _ in words], "ner": spans, "relations": joined,
        "ner_labels": LABELS, "rel_labels": RELATIONS,
    }  # fmt: skip


def model_of(folder: str, **own) -> GLiNER:
    torch.manual_seed(0)
    rows = [row(text) for text in TEXTS.values()]
    words = {word.lower() for r in rows for word in r["tokenized_text"]} | set(" ".join(LABELS + RELATIONS).split())
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {word: i for i, word in enumerate(special + sorted(words))}
    tf.BertTokenizerFast(vocab=vocabulary, do_lower_case=True, strip_accents=False).save_pretrained(folder)
    config = tf.BertConfig(
        vocab_size=len(vocabulary), hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    tf.BertModel(config).save_pretrained(folder)
    model = GLiNER.from_config(
        {"model_name": folder, "hidden_size": 64, "max_width": 4, "dropout": 0.1, "encoder_config": config.to_dict(), **own}
    )
    collate = model.data_collator_class(model.config, data_processor=model.data_processor, prepare_labels=True)
    learning = torch.optim.Adam(model.parameters(), lr=2e-3)
    model.train()
    for _ in range(200):
        batch = collate(rows)
        learning.zero_grad()
        model(**batch).loss.backward()
        learning.step()
    return model.eval()


def write(name: str, items: list) -> None:
    (HERE / name).write_text("".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items), encoding="utf-8")


texts = list(TEXTS.values())
with tempfile.TemporaryDirectory() as folder:
    model = model_of(folder)
    write("entities.jsonl", model.inference(texts, LABELS))
with tempfile.TemporaryDirectory() as folder:
    model = model_of(folder, relations_layer="dot")
    entities, relations = model.inference(texts, LABELS, relations=RELATIONS)
    write("relations.jsonl", relations)
write("texts.jsonl", [{"doc_id": doc_id, "text": text} for doc_id, text in TEXTS.items()])
