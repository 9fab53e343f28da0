"""Write what stands beside this file; seqscore has to be installed.

Tokens and tags are set by hand; ``seqscore convert`` writes the files of each scheme, and a line that names the document is put
before them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TEXT = "🎉 Ann Lee of Acme met Bob Ray Cy in Oslo.\nThey read 𝔄."
TAGGED = (
    "🎉 O|Ann B-PER|Lee I-PER|of O|Acme B-ORG|met O|Bob B-PER|Ray I-PER|Cy B-PER|in O|Oslo B-GPE|. O||"
    "They O|read O|𝔄 B-MISC|. O||"
)
NAMES = {"IOB1": "IOB", "IOB2": "BIO", "BIOES": "BIOES", "BILOU": "BILOU"}


def main() -> None:
    (HERE / "d1.txt").write_text(TEXT, encoding="utf-8")
    given, made = HERE / "given.tmp", HERE / "made.tmp"
    given.write_text(TAGGED.replace("|", "\n"), encoding="utf-8")
    for scheme, name in NAMES.items():
        command = [Path(sys.executable).with_name("seqscore"), "convert", "--input-labels", "BIO", "--output-labels", name]
        subprocess.run([*command, given, made], check=True)
        content = "# doc_id = d1\n" + made.read_text(encoding="utf-8")
        (HERE / f"{scheme.lower()}.bio").write_text(content, encoding="utf-8")
    given.unlink()
    made.unlink()


if __name__ == "__main__":
    main()
