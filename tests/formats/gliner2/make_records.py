"""Write what GLiNER2 gives for records and for relations as words, with a small model that learns two sentences by heart.

    pip install torch 'gliner2[local]==2.1.0' && python make_records.py
"""

import json
import tempfile
from pathlib import Path

import torch
import transformers as tf
from gliner2 import ExtractorConfig, GLiNER2
from gliner2.training.data import InputExample, Relation, Structure
from gliner2.training.trainer import GLiNER2Trainer, TrainingConfig

HERE = Path(__file__).parent
TEXTS = [json.loads(line)["text"] for line in (HERE / "texts.jsonl").read_text(encoding="utf-8").splitlines()]
MEETINGS = [
    Structure("meeting", trigger="met", participant=["Ann Lee", "Bob"], place="Oslo"),
    Structure("meeting", trigger="met", participant=["Bob"], place="Oslo"),
]
JOINED = [[("Bob", "Oslo")], [("Bob", "Oslo"), ("Ann Lee", "Osloville")]]
FIELDS = {"meeting": ["trigger::str", "participant::list", "place::str"]}


def write(name: str, items: list) -> None:
    (HERE / name).write_text("".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items), encoding="utf-8")


torch.manual_seed(0)
with tempfile.TemporaryDirectory() as folder:
    signs = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "(", ")", ":", ",", "—", "“", "”", ".", "'", "s"]
    words = sorted({w for t in TEXTS for w in t.lower().replace(".", " ").replace("'", " ").split()} - set(signs))
    schema = ["relations", "head", "tail", "located", "in", "_", "meeting", "trigger", "participant", "place"]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(signs + words + schema))}
    tf.BertTokenizerFast(vocab=vocabulary, do_lower_case=True, strip_accents=False).save_pretrained(folder)
    size = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    tf.BertModel(tf.BertConfig(vocab_size=len(vocabulary), **size)).save_pretrained(folder)
    model = GLiNER2(ExtractorConfig(model_name=folder, max_width=4, counting_layer="count_lstm"))
    examples = [InputExample(text=t, structures=[meeting]) for t, meeting in zip(TEXTS, MEETINGS, strict=True)]
    examples += [
        InputExample(text=t, relations=[Relation("located_in", head=head, tail=tail) for head, tail in joined])
        for t, joined in zip(TEXTS, JOINED, strict=True)
    ]
    training = TrainingConfig(
        output_dir=f"{folder}/out", num_epochs=1200, batch_size=4, encoder_lr=2e-3, task_lr=2e-3, eval_strategy="no",
        fp16=False, logging_steps=10_000, seed=0, num_workers=0,
    )  # fmt: skip
    GLiNER2Trainer(model, training).train(train_data=examples)
    model.eval()
    write("records.jsonl", [model.extract_json(t, FIELDS, include_confidence=True, include_spans=True) for t in TEXTS])
    write("records-plain.jsonl", [model.extract_json(t, FIELDS) for t in TEXTS])
    write("pairs.jsonl", [model.extract_relations(t, ["located_in"]) for t in TEXTS])
