"""Write what the token-classification pipeline of transformers prints, with a small BERT that learns two sentences by heart.

    pip install torch transformers==5.23.0 && python make.py
"""

import json
import tempfile
from pathlib import Path

import torch
import transformers as tf

HERE = Path(__file__).parent
TEXTS = {
    "d1": "🎉 Ann Lee of Acme met Bob in Oslo.",
    "d2": "Acme's envoys — “friends” of Zoë Ng — met Bob in Oslo. Ann Lee stayed in Osloville.",
}
NAMES = {"Ann Lee": "PER", "Acme": "ORG", "Bob": "PER", "Osloville": "LOC", "Oslo": "LOC", "Zoë Ng": "PER"}
LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
WORDS = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "🎉", "'", "—", "“", "”", ".", "s", "z",
    "ann", "lee", "of", "ac", "met", "bob", "in", "os", "envoys", "friends", "ng", "stayed",
]  # fmt: skip
PIECES = ["##me", "##lo", "##ville", "##oe"]  # so that a name is more than one token


def tags(text: str, offsets: list[tuple[int, int]]) -> list[int]:
    found = [0] * len(offsets)
    for name, kind in NAMES.items():
        at = text.find(name)
        while at >= 0:
            inside = [i for i, (start, end) in enumerate(offsets) if end > start >= at and end <= at + len(name)]
            for i in inside:
                if not found[i]:
                    found[i] = LABELS.index(("B-" if offsets[i][0] == at else "I-") + kind)
            at = text.find(name, at + 1)
    return found


torch.manual_seed(0)
with tempfile.TemporaryDirectory() as folder:
    vocabulary = {word: i for i, word in enumerate(WORDS + PIECES)}
    tokenizer = tf.BertTokenizerFast(vocab=vocabulary, do_lower_case=True)
    config = tf.BertConfig(
        vocab_size=len(vocabulary), hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        id2label=dict(enumerate(LABELS)), label2id={label: i for i, label in enumerate(LABELS)},
    )  # fmt: skip
    model = tf.BertForTokenClassification(config)
    batches = []
    for text in TEXTS.values():
        coded = tokenizer(text, return_offsets_mapping=True, return_tensors="pt")
        batches.append((coded, torch.tensor([tags(text, coded.pop("offset_mapping")[0].tolist())])))
    learning = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(150):
        for coded, wanted in batches:
            learning.zero_grad()
            model(**coded, labels=wanted).loss.backward()
            learning.step()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for strategy in ("none", "simple"):
        pipe = tf.pipeline("token-classification", model=folder, aggregation_strategy=strategy)
        # The scores are numpy.float32, which json does not know.
        lines = [json.dumps(pipe(text), default=float, ensure_ascii=False) for text in TEXTS.values()]
        (HERE / f"{strategy}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
rows = [json.dumps({"doc_id": doc_id, "text": text}, ensure_ascii=False) for doc_id, text in TEXTS.items()]
(HERE / "texts.jsonl").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
