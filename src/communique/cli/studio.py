"""``communique studio``: Label Studio, from the documents to the exports that `communique build` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from communique.incident import DataError, Incident

if TYPE_CHECKING:
    from communique.io.labelstudio import Exported
    from communique.model import Annotation, Document
    from communique.ontology import Ontology

_folder = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("studio-data"),
    show_default=True,
    help="Where Label Studio keeps its database; not to be committed.",
)


@click.group(name="studio")
def command() -> None:
    """Label the documents in Label Studio, on this machine.

    \b
    Example:
      communique studio up --annotator pass-1 --annotator pass-2
      communique studio pull --from pass-1 -o annotations/pass-1
      communique studio down
    """


@command.command()
@_folder
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option("--annotator", "annotators", multiple=True, metavar="NAME", help="An account that must exist (may be repeated).")
@click.option(
    "--texts",
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="FILE",
    help='Import the texts of this file, JSON Lines of {"doc_id", "text"} (default: those of this folder\'s seeds/).',
)
def up(data_dir: Path, port: int, annotators: tuple[str, ...], texts: str | None) -> None:
    """Start Label Studio in the background and import the documents.

    Every annotator gets an account, and a project of their own that holds all documents. The password of a new account is
    printed once, as soon as the account is made, and stored nowhere. Labels and guidelines are those of this folder's
    guidelines/ontology.toml, or else the installed ones.

    \b
    Example:
      communique studio up --annotator pass-1
    """
    from communique.cli.documents import ontology
    from communique.studio.server import require_extra, start, stop
    from communique.studio.state import Account, write_state

    def show(name: str, account: Account, password: str) -> None:
        click.echo(f"{name}: user {account.email}  password {password}")

    require_extra()
    schema = ontology()
    documents = _documents(texts)
    click.echo("starting Label Studio (the first time takes half a minute and more) …", err=True)
    state = start(data_dir, annotators, port=port, show=show)
    try:
        from communique.studio.client import connect
        from communique.studio.projects import prepare

        for name, before in state.accounts.items():
            with connect(state.url, before.token) as client:
                account, imported = prepare(client, before, documents, name, schema)
            state = replace(state, accounts={**state.accounts, name: account})
            write_state(data_dir, state)
            if before.project not in (None, account.project):
                click.echo(f"{name}: project {before.project} was deleted; {account.project} takes its place", err=True)
            click.echo(f"{name}: {imported} documents imported", err=True)
    except BaseException:
        stop(data_dir)
        raise
    for name, account in state.accounts.items():
        click.echo(f"{name}: {state.url}/projects/{account.project}  user {account.email}")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@_folder
@click.option("--as", "annotator", required=True, metavar="ANNOTATOR", help="Whose annotation it becomes.")
@click.option("--prediction", is_flag=True, help="Store pre-annotations, which the annotator then corrects.")
@click.option("--ground-truth", is_flag=True, help="Mark the annotations as gold.")
@click.option("--replace", "replace_own", is_flag=True, help="Overwrite the account's own annotations.")
def push(file: str, data_dir: Path, annotator: str, prediction: bool, ground_truth: bool, replace_own: bool) -> None:
    """Store the annotations of FILE in Label Studio: rows in the predictions format, or an export, as under annotations/.

    Everything is checked before anything is sent, annotations as by `communique check`, and compared after it was stored. Of
    rows, "score", "meta" and ids of relations are not carried. An export keeps its meta and its mark as gold, so that after a
    correction `pull` changes nothing else in the file. Pre-annotations are named after the file.

    \b
    Example:
      communique studio push pass-1.jsonl --as pass-1
      communique studio push annotations/gold/003-washington.json --as pass-1 --replace
    """
    from communique.cli.documents import ontology
    from communique.io.files import read_text

    if prediction and (ground_truth or replace_own):
        raise click.UsageError("--prediction goes with neither --ground-truth nor --replace")
    if prediction and file == "-":
        raise click.UsageError("pre-annotations are named after the file; give one in place of -")
    state, account = _account(data_dir, annotator)
    name, content = read_text(file)
    schema = ontology()
    from communique.studio import client as studio

    with studio.connect(state.url, account.token) as client:
        annotations = _annotations(name, content, lambda: studio.documents_of(client, account), schema)
        studio.push(
            client,
            account,
            annotations,
            prediction=Path(file).stem if prediction else None,
            ground_truth=ground_truth,
            replace_own=replace_own,
            ontology=schema,
        )
    what = "pre-annotations" if prediction else "annotations"
    click.echo(f"{len(annotations)} {what} stored for {annotator}: {state.url}/projects/{account.project}")


@command.command()
@_folder
@click.option("--from", "annotator", required=True, metavar="ANNOTATOR", help="Whose annotations.")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder.")
@click.option("--doc", "doc_ids", multiple=True, metavar="DOC_ID", help="Only this document (may be repeated).")
@click.option("--ground-truth", is_flag=True, help="Only annotations that are marked as gold.")
@click.option("--meta", "provenance", multiple=True, metavar="KEY=VALUE", help="Provenance to state in every file.")
def pull(
    data_dir: Path,
    annotator: str,
    output: Path,
    doc_ids: tuple[str, ...],
    ground_truth: bool,
    provenance: tuple[str, ...],
) -> None:
    """Export an annotator's annotations, one file for each document, without e-mail addresses, ids and times of the server.

    Everything is checked as by `communique check`; if any annotation is faulty, all faults are listed and nothing is written.
    Nor is it if the folder holds a file of a document that has no annotation (any more). Each file states the annotator and the
    version of the guidelines that the project was made for, or what a pushed export said, and what --meta says instead.

    \b
    Example:
      communique studio pull --from pass-1 -o annotations/pass-1
      communique studio pull --from pass-1 --doc 003-washington -o annotations/gold
    """
    from communique.cli.documents import ontology
    from communique.io.files import write_bytes

    state, account = _account(data_dir, annotator)
    if stray := [p for p in provenance if "=" not in p]:
        raise click.UsageError(f"--meta takes KEY=VALUE, got {', '.join(stray)}")
    meta = dict(p.split("=", 1) for p in provenance)
    schema = ontology()
    from communique.studio import client as studio

    with studio.connect(state.url, account.token) as client:
        pulled = studio.pull(client, account, annotator, doc_ids=doc_ids, meta=meta, ground_truth=ground_truth, ontology=schema)
    if stale := [path for doc_id in pulled.open if (path := output / f"{doc_id}.json").exists()]:
        message = f"{annotator} has no {'gold ' if ground_truth else ''}annotation of this document"
        hint = "delete the file if it is out of date, pull into another folder, or name the documents to pull: --doc DOC_ID"
        raise DataError(Incident("stale-file", str(path), message, hint) for path in stale)
    for doc_id, content in pulled.files.items():
        write_bytes(output / f"{doc_id}.json", content)
        click.echo(output / f"{doc_id}.json")
    if pulled.open:
        click.echo(f"not annotated yet by {annotator}: {', '.join(pulled.open)}", err=True)


@command.command()
@_folder
def down(data_dir: Path) -> None:
    """End Label Studio; its data stay.

    \b
    Example:
      communique studio down
    """
    from communique.studio.server import stop

    click.echo("Label Studio has ended" if stop(data_dir) else f"no Label Studio runs on {data_dir}", err=True)


def _documents(texts: str | None) -> list[Any]:
    if texts is not None:
        from communique.cli.documents import documents

        return list(documents(texts).values())
    if not Path("seeds/seeds.toml").is_file():
        raise click.UsageError("there is no seeds/seeds.toml in this folder; go to a project folder, or give --texts FILE")
    from communique.ingest import ingest

    return list(ingest(Path()))


def _annotations(
    name: str, content: str, documents: Callable[[], Mapping[str, Document]], schema: Ontology
) -> Sequence[Annotation | Exported]:
    """What a file holds; an export is read against the documents, which are then fetched."""
    from communique.io.jsonl import parse_rows
    from communique.io.labelstudio import is_export, read_exported

    if is_export(content):
        return read_exported(content, documents(), name=name, ontology=schema)
    rows, faults = parse_rows(name, content)
    if faults:
        raise DataError(faults)
    return tuple(row.annotation for row in rows)


def _account(data_dir: Path, annotator: str) -> tuple[Any, Any]:
    from communique.ontology import nearest
    from communique.studio.server import require_extra, running

    require_extra()
    state = running(data_dir)
    if annotator not in state.accounts:
        raise click.UsageError(f"there is no account {annotator}; {nearest(annotator, state.accounts)}")
    return state, state.accounts[annotator]
