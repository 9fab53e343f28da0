"""Write what GLiNER2 gives for entities and relations, with a small model that learns two sentences by heart.

    pip install torch 'gliner2[local]==2.1.0' && python make.py
"""

import json
import tempfile
from pathlib import Path

import torch
import transformers as tf
from gliner2 import ExtractorConfig, GLiNER2
from gliner2.training.data import InputExample, Relation
from gliner2.training.trainer import GLiNER2Trainer, TrainingConfig

HERE = Path(__file__).parent
TEXTS = {
    "d1": "🎉 Ann Lee of Acme met Bob in Oslo.",
    "d2": "Acme's envoys — “friends” of Zoë Ng — met Bob in Oslo. Ann Lee stayed in Osloville.",
}
NAMES = [
    {"person": ["Ann Lee", "Bob"], "organisation": ["Acme"], "city": ["Oslo"]},
    {"person": ["Zoë Ng", "Bob", "Ann Lee"], "organisation": ["Acme"], "city": ["Oslo", "Osloville"]},
]
JOINED = [[("Bob", "Oslo")], [("Bob", "Oslo"), ("Ann Lee", "Osloville")]]
LABELS = ["person", "organisation", "city"]
RELATIONS = ["located_in"]
FULL = {"include_confidence": True, "include_spans": True}


def write(name: str, items: list) -> None:
    (HERE / name).write_text("".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items), encoding="utf-8")


texts = list(TEXTS.values())
torch.manual_seed(0)
with tempfile.TemporaryDirectory() as folder:
    signs = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "(", ")", ":", ",", "—", "“", "”", ".", "'", "s"]
    words = sorted({w for t in texts for w in t.lower().replace(".", " ").replace("'", " ").split()} - set(signs))
    schema = ["entities", "relations", "head", "tail", "person", "organisation", "city", "located", "in", "_"]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(signs + words + schema))}
    tf.BertTokenizerFast(vocab=vocabulary, do_lower_case=True, strip_accents=False).save_pretrained(folder)
    size = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    tf.BertModel(tf.BertConfig(vocab_size=len(vocabulary), **size)).save_pretrained(folder)
    model = GLiNER2(ExtractorConfig(model_name=folder, max_width=4, counting_layer="count_lstm"))
    entities = [InputExample(text=t, entities=names) for t, names in zip(texts, NAMES, strict=True)]
    relations = [
        InputExample(text=t, relations=[Relation(RELATIONS[0], head=head, tail=tail) for head, tail in joined])
        for t, joined in zip(texts, JOINED, strict=True)
    ]
    training = TrainingConfig(
        output_dir=f"{folder}/out", num_epochs=300, batch_size=4, encoder_lr=1e-3, task_lr=1e-3, eval_strategy="no",
        fp16=False, logging_steps=10_000, seed=0, num_workers=0,
    )  # fmt: skip
    GLiNER2Trainer(model, training).train(train_data=entities + relations)
    model.eval()
    write("plain.jsonl", [model.extract_entities(t, LABELS) for t in texts])
    write("entities.jsonl", [model.extract_entities(t, LABELS, **FULL) for t in texts])
    write("relations.jsonl", [model.extract_relations(t, RELATIONS, **FULL) for t in texts])
write("texts.jsonl", [{"doc_id": doc_id, "text": text} for doc_id, text in TEXTS.items()])
