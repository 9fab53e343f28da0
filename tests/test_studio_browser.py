"""The editor itself, in a real headless Chromium: only what survives its Update is kept.

The server stores any JSON, so a way there and back by the API alone would prove nothing.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from labelled import annotation, at, document
from playwright.sync_api import Page, expect, sync_playwright
from studio_server import Studio

from communique.io.labelstudio import from_result, normalised, read_export, to_result
from communique.model import Annotation, Entity, Mention
from communique.ontology import default_ontology
from communique.studio.client import push
from communique.studio.projects import prepare

# Chromium speaks to the loopback interface alone.
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
Open = Callable[[str], Page]
SAVE = re.compile("^(Submit|Update)$")


@pytest.fixture(scope="module")
def open_task(studio: Studio) -> Iterator[Open]:
    """Opens a document of pass-1 in the editor, signed in with the password that `up` printed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("these tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1600, "height": 1100})
        page.set_default_timeout(60_000)
        account = studio.account("pass-1")
        page.goto(f"{studio.state.url}/user/login/")
        page.fill("input[name=email]", account.email)
        page.fill("input[name=password]", studio.password("pass-1"))
        page.click("button[type=submit]")
        page.wait_for_url("**/")

        def open_(doc_id: str) -> Page:
            with studio.client("pass-1") as client:
                task = studio.task(client, "pass-1", doc_id)["id"]
            return settled(page, f"{studio.state.url}/projects/{account.project}/data?task={task}")

        yield open_
        browser.close()


def settled(page: Page, url: str) -> Page:
    """Go there and wait until the editor has loaded all it wants: before that it answers to no key."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".lsf-htx-richtext")).to_be_visible(timeout=60_000)
    expect(page.locator("button", has_text=SAVE).first).to_be_visible(timeout=60_000)
    return page


def save(page: Page) -> None:
    """Press Submit or Update and wait until the server has answered."""
    with page.expect_response(lambda r: "/annotations" in r.url and r.request.method in ("POST", "PATCH") and r.ok):
        page.locator("button", has_text=SAVE).first.click()


def submitted(studio: Studio, doc_id: str) -> dict[str, Any]:
    with studio.client("pass-1") as client:
        (only,) = studio.task(client, "pass-1", doc_id)["annotations"]
    return only


def stored(studio: Studio, doc_id: str) -> Annotation:
    return from_result(document(doc_id), submitted(studio, doc_id)["result"])


def as_stored(given: Annotation) -> Annotation:
    return normalised(replace(given, text_sha256=document(given.doc_id).text_sha256))


def test_an_annotation_survives_the_editors_update(studio: Studio, open_task: Open):
    """One attribute is changed and saved, changed back and saved; nothing else may move."""
    given = annotation("d6")
    with studio.client("pass-1") as client:
        task = studio.task(client, "pass-1", "d6")["id"]
        made = client.annotations.create(task, result=to_result(document("d6").text, given), ground_truth=True)
    page = open_task("d6")
    expect(page.locator(".htx-highlight").first).to_be_visible()

    page.locator(".htx-highlight", has_text="mend").first.click()
    page.keyboard.press("m")
    save(page)
    negated = replace(given, events=tuple(replace(v, polarity="NEG") if v.id == "v2" else v for v in given.events))
    assert stored(studio, "d6") == as_stored(negated)

    page = open_task("d6")
    page.locator(".htx-highlight", has_text="mend").first.click()
    page.keyboard.press("n")
    save(page)
    assert stored(studio, "d6") == as_stored(given)
    assert submitted(studio, "d6")["ground_truth"] is True
    with studio.client("pass-1") as client:
        client.annotations.delete(made.id)


def test_what_an_annotator_does_by_hand_is_read_as_meant(studio: Studio, open_task: Open, tmp_path: Path):
    """A word behind an emoji is labelled, its kind and entity set, an entity row typed, and the task submitted."""
    page = open_task("d7")
    page.keyboard.press("2")
    expect(page.locator(".lsf-label_selected", has_text="PER")).to_be_visible()
    text = page.locator(".lsf-htx-richtext")
    box = page.evaluate(
        """(element) => {
            const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                const start = node.data.indexOf("Ann");
                if (start < 0) continue;
                const range = document.createRange();
                range.setStart(node, start);
                range.setEnd(node, start + 3);
                const {left, top, width, height} = range.getBoundingClientRect();
                return {left, top, width, height};
            }
        }""",
        text.element_handle(),
    )
    middle = box["top"] + box["height"] / 2
    page.mouse.move(box["left"] + 1, middle)
    page.mouse.down()
    page.mouse.move(box["left"] + box["width"] / 2, middle)
    page.mouse.move(box["left"] + box["width"] - 1, middle)
    page.mouse.up()
    page.locator(".htx-highlight", has_text="Ann").first.click()
    page.keyboard.press("g")
    entity = page.get_by_placeholder("entity id, such as e1")
    entity.fill("e1")
    entity.press("Enter")
    row = page.get_by_placeholder("id | type | name | Wikidata id | member ids")
    row.fill("e1 | PER | Ann ")
    row.press("Enter")
    save(page)

    made = stored(studio, "d7")
    (mention,) = made.mentions
    assert mention == Mention(mention.id, at("Ann"), "PER", "NAM")
    assert made.entities == (Entity("e1", "PER", (mention.id,), "Ann"),)

    pulled = studio.pull(tmp_path, "pass-1", "--doc", "d7")
    assert pulled.returncode == 0, pulled.stderr
    assert read_export((tmp_path / "d7.json").read_text(encoding="utf-8"), {"d7": document("d7")}) == (made,)


def test_a_pre_annotation_is_what_the_annotator_starts_from(studio: Studio, open_task: Open):
    given = annotation("d9")
    page = open_task("d7")
    # A project of its own, because the editor shows pre-annotations when it chooses the next document itself.
    with studio.project("pass-1") as (client, alone):
        account, _ = prepare(client, alone, [document("d9")], "pre-annotated", default_ontology())
        push(client, account, [given], prediction="model")
        settled(page, f"{studio.state.url}/projects/{account.project}/data?labeling=1")
        expect(page.locator(".htx-highlight").first).to_be_visible()
        save(page)
        assert account.project is not None
        chunks = client.projects.exports.download_sync(account.project, export_type="JSON")
        (made,) = json.loads(b"".join(chunks))[0]["annotations"]
    assert from_result(document("d9"), made["result"]) == as_stored(given)
    assert {item.get("origin") for item in made["result"] if item["type"] == "labels"} == {"prediction"}
