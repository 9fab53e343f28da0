"""The texts are verbatim slices of the seeds, and every offset leads back to the seed file."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from communique.incident import DataError
from communique.ingest import Source, ingest, origin, read_seeds

PROJECT = Path(__file__).parents[1]
SEEDS = read_seeds(PROJECT)

JAKARTA_SHA256 = "cf4391bcef1d38cda69bb3f598bd454d863032f4a9bc468c5c1f95e1d9a21697"

# As the design's table of texts gives them: code points, words, the beginning of the text's SHA-256, and the split.
EXPECTED = {
    "000-jakarta": (4468, 608, "d956ee1d394e4e53", "test"),
    "001-crossroads": (4704, 708, "7c2631d0baf240bf", "test"),
    "002-great-hall": (4076, 594, "34b508c0ccbcf615", "test"),
    "003-washington": (2767, 399, "f612f56f72c39411", "validation"),
    "004-guesthouse": (5176, 780, "b706f8400cf33d97", "test"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "seeds", tmp_path / "seeds")
    return tmp_path


def edit(project: Path, *changes: tuple[str, str], file: str = "seeds.toml") -> Path:
    """Replace the first occurrence of each old string, which must be there."""
    path = project / "seeds" / file
    text = path.read_bytes().decode("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_bytes(text.encode("utf-8"))
    return project


def faults(project: Path) -> list[str]:
    with pytest.raises(DataError) as raised:
        ingest(project)
    return [str(incident) for incident in raised.value.incidents]


@pytest.mark.parametrize("source", SEEDS.sources, ids=lambda source: source.document.doc_id)
class TestEveryDocument:
    def test_text_has_the_length_words_and_hash_of_the_design(self, source: Source) -> None:
        text = source.document.text
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        length, words, prefix, split = EXPECTED[source.document.doc_id]
        assert (len(text), len(text.split()), digest[:16], source.split) == (length, words, prefix, split)
        assert source.document.text_sha256 == digest

    def test_every_offset_leads_back_to_the_same_character_of_the_seed(self, source: Source) -> None:
        seed = (PROJECT / "seeds" / source.file).read_bytes().decode("utf-8")
        found = [origin(source, offset) for offset in range(len(source.document.text))]
        assert {file for file, _ in found} == {source.file}
        assert "".join(seed[place] for _, place in found) == source.document.text
        assert [place for _, place in found] == sorted({place for _, place in found})

    def test_no_origin_beyond_the_text(self, source: Source) -> None:
        for offset in (-1, len(source.document.text)):
            with pytest.raises(ValueError, match="has no character"):
                origin(source, offset)

    def test_zones_are_the_lines_of_the_text(self, source: Source) -> None:
        document = source.document
        assert "\n".join(zone.span.of(document.text) for zone in document.zones) == document.text
        assert [zone.kind for zone in document.zones] == [piece.zone for piece in source.slices]
        assert document.zones[0].kind == "headline"
        assert document.title == document.zones[0].span.of(document.text)

    def test_no_sentence_runs_over_a_zone(self, source: Source) -> None:
        document = source.document
        assert all(any(zone.span.contains(s) for zone in document.zones) for s in document.sentences)


def test_bullets_and_photo_credits_are_cut_off() -> None:
    text = {d.doc_id: d.text for d in ingest(PROJECT)}
    assert "REUTERS" not in text["000-jakarta"]
    assert "•" not in text["001-crossroads"]
    assert "(Photo" not in text["002-great-hall"]
    assert "\nThe need for dialogue,\n" in text["001-crossroads"]


def test_three_stories_are_told() -> None:
    stories = {d.doc_id[:3]: d.story for d in ingest(PROJECT)}
    assert stories["001"] == stories["002"] == stories["004"]
    assert len(set(stories.values())) == 3


def test_a_changed_seed_file_is_refused_with_both_hashes(project: Path) -> None:
    edit(project, ("Wang", "Wong"), file="000_82e4ed9629901311.txt")
    [fault] = faults(project)
    found = hashlib.sha256((project / "seeds" / "000_82e4ed9629901311.txt").read_bytes()).hexdigest()
    assert "000_82e4ed9629901311.txt" in fault
    assert f"expected SHA-256 {JAKARTA_SHA256}" in fault
    assert f"found {found}" in fault


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('story = "jakarta', 'stroy = "jakarta', "000-jakarta: unknown key 'stroy'; did you mean"),
        ('story = "jakarta-july-2023"\n', "", "000-jakarta: the key story is missing"),
        ('publisher = "mashableweekly.com"', "publisher = 3", "publisher is 3, which is not a string"),
        ('version = "1.0.0"', "version = 1", "dataset: version is 1, which is not a string"),
        ('version = "1.0.0"', "", "dataset: the key version is missing"),
        ('split = "test"', 'split = "tset"', "unknown split 'tset'; did you mean test?"),
        ("zones.headline", "zones.headlines", "unknown zone 'headlines'; did you mean headline?"),
        ("zones.headline = [1]", 'zones.headline = ["1"]', "headline is ['1']; give a list of line numbers"),
        ("zones.headline = [1]", "zones.headline = [1, 99]", "there is no line 99; the file has 35"),
        ("zones.headline = [1]", "zones.headline = [1, 2]", "line 2 is blank"),
        ("zones.headline = [1]", "zones.headline = [1, 6]", "line 6 is listed 2 times"),
        ("dropped = [3, ", "dropped = [", "line 3 is in no list: 'Share This'"),
        ("cut.4.end", "cut.5.end", "cut names line 5, which is in no zone"),
        ("cut.4.end", "cut.4.ned", "cut.4: unknown key 'ned'"),
        (" Dita Alangkara", "Dita Langkara", "cut.4 does not fit the line"),
        ("length = 4468", "length = 4467", "write text = { length = 4468, words = 608, sha256 = "),
        ('doc_id = "000-jakarta"', 'doc_id = "../000"', "cannot name a file"),
        ('doc_id = "000-jakarta"', 'doc_id = "001-crossroads"', "doc_id '001-crossroads' stands 2 times"),
        ('file = "000_', 'file = "nowhere/000_', "is not the bare name of a file"),
        ('file = "000_', 'file = "100_', "100_82e4ed9629901311.txt: No such file or directory"),
        ('file = "000_', 'file = "\\u0000', "is not the bare name of a file"),
        ('file = "000_82e4ed9629901311.txt"', 'file = ".."', "'..' is not the bare name of a file"),
        ('file = "000_82e4ed9629901311.txt"', 'file = ""', "'' is not the bare name of a file"),
        ('doc_id = "000-jakarta"', 'doc_id = "001-Crossroads"', "'001-Crossroads' and '001-crossroads' differ only in case"),
        ('version = "1.0.0"', 'version = " "', "dataset: version is ' '"),
        ('story = "jakarta-july-2023"', 'story = ""', "000-jakarta: story is ''"),
        ('date = "2023-07-14"', 'date = "tomorrow"', "date is 'tomorrow'; write a day, as 2023-06-19, or a month"),
        ('date = "2023-07-14"', 'date = "2023-02-30"', "date is '2023-02-30'"),
        ('date = "2023-07-14"', 'date = "2023"', "date is '2023'"),
        ('url = "https://mash', 'url = "javascript:https://mash', "url is 'javascript:https://mash"),
        ('url = "https://mash', 'url = "https:///mash', "give the address of a page"),
        ("cut.4.end", "cut.04.end", "cut.04: '04' is no line number"),
        ("cut.4.end", 'cut."٤".end', "'٤' is no line number; write it as cut.4, in plain digits"),
        ("[dataset]", "[dataset", "seeds.toml: Expected ']'"),
    ],
)
def test_a_faulty_table_says_what_and_where(project: Path, old: str, new: str, expected: str) -> None:
    assert any(expected in fault for fault in faults(edit(project, (old, new))))


def test_all_faults_are_reported_together(project: Path) -> None:
    changes = (('split = "test"', 'split = "tset"'), ('story = "washington-january-2024"\n', ""))
    assert [fault.split("[")[-1] for fault in faults(edit(project, *changes))] == ["unknown-split]", "missing-key]"]


def test_a_folder_without_seeds_is_named(tmp_path: Path) -> None:
    [fault] = faults(tmp_path)
    assert "seeds.toml" in fault
    assert "unreadable-file" in fault


def test_a_text_keeps_line_ends_emoji_and_hard_spaces(tmp_path: Path) -> None:
    seed = "🎉 Head\r\n\r\n\u00a0Ann met Bob.\r\nBye"
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "a.txt").write_bytes(seed.encode("utf-8"))
    text = "🎉 Head\r\n\u00a0Ann met Bob.\r"
    digests = [hashlib.sha256(t.encode("utf-8")).hexdigest() for t in (seed, text)]
    (folder / "seeds.toml").write_text(
        f"""
        dataset.version = "1"
        [[document]]
        doc_id = "a"
        file = "a.txt"
        sha256 = "{digests[0]}"
        split = "train"
        story = "a"
        rights = "none"
        zones = {{ headline = [1], body = [3] }}
        dropped = [4]
        text = {{ length = {len(text)}, words = {len(text.split())}, sha256 = "{digests[1]}" }}
        """,
        encoding="utf-8",
    )
    [source] = read_seeds(tmp_path).sources
    assert source.document.text == text
    assert "".join(seed[origin(source, offset)[1]] for offset in range(len(text))) == text
    assert source.document.date is None
