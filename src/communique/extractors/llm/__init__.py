"""A language model as an extractor, by the chat completions that OpenAI's interface and most servers' have in common.

The prompt is written from the ontology and ``rules.toml`` (`prompt`), the form of the answer from the ontology (`schema`). A
request is sent again while the fault may pass (`client`), in the way that the server takes (`way`); every response is kept in a
file, from which it can be read again without a network (`transcript`). `answer` reads what the model wrote, `asker` sees to one
document, `extract` to several at a time; `predictions` finds the words that were quoted.

It has been tested against a server on the loopback interface that answers, and fails, as real ones do, and against no model.
"""

from communique.extractors.llm.asker import Unanswered
from communique.extractors.llm.asking import Asking
from communique.extractors.llm.extract import Extracted, ask, extract
from communique.extractors.llm.predictions import to_predictions

__all__ = ["Asking", "Extracted", "Unanswered", "ask", "extract", "to_predictions"]
