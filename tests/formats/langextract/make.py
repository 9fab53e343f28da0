"""Write what LangExtract saves of two invented texts; the model is a loopback server that says what stands here.

    pip install 'langextract[openai]==1.7.1' && python make.py
"""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import langextract as lx
from langextract import factory

HERE = Path(__file__).parent
TEXTS = {
    "d1": "🎉 Ann Lee of Acme met Bob in Oslo.",
    "d2": "Acme's envoys — “friends” of Zoë Ng — met Bob in Oslo. Ann Lee stayed in Osloville.",
}
SAID = {  # in d2: another case, quotation marks left out, a name too long, a name that is nowhere, a word put in
    "d1": [
        {"PER": "Ann Lee", "PER_attributes": {"kind": "NAM"}},
        {"ORG": "Acme"},
        {"CONSULT": "met", "CONSULT_attributes": {"PARTICIPANT": ["Ann Lee", "Bob"], "PLACE": "Oslo"}},
        {"PER": "Bob"},
        {"GPE": "Oslo"},
    ],
    "d2": [
        {"ORG": "ACME"},
        {"PER": "Zoë Ng"},
        {"PER": "friends of Zoë"},
        {"PER": "Bob Ray Smith"},
        {"GPE": "Oslo"},
        {"PER": "Carl Friedrich"},
        {"PER": "Miss Ann Lee stayed in"},
        {"GPE": "Osloville"},
    ],
}


class Model(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = asked["messages"][-1]["content"].split("\nQ: ")[-1]
        (doc_id,) = [doc_id for doc_id, text in TEXTS.items() if text in prompt]
        content = json.dumps({"extractions": SAID[doc_id]}, ensure_ascii=False)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": asked["model"], "choices": [choice]}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


server = HTTPServer(("127.0.0.1", 0), Model)
Thread(target=server.serve_forever, daemon=True).start()
kwargs = {"base_url": f"http://127.0.0.1:{server.server_port}/v1", "api_key": "none"}
config = factory.ModelConfig(model_id="invented", provider="OpenAILanguageModel", provider_kwargs=kwargs)
example = lx.data.ExampleData("Eve Roe left.", [lx.data.Extraction("PER", "Eve Roe", attributes={"kind": "NAM"})])
found = lx.extract(
    [lx.data.Document(text=text, document_id=doc_id) for doc_id, text in TEXTS.items()],
    prompt_description="Names, and meetings with who took part.",
    examples=[example],
    config=config,
    show_progress=False,
)
server.shutdown()
lx.io.save_annotated_documents(iter(found), output_dir=HERE, output_name="annotated.jsonl", show_progress=False)
