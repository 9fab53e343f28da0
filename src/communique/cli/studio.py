"""``communique studio``: Label Studio, from the documents to the exports that `communique build` reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

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
@click.option("--texts", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE", help="See below.")
def up(data_dir: Path, port: int, annotators: tuple[str, ...], texts: str | None) -> None:
    """Start Label Studio in the background and import the documents.

    The documents are those of this folder's seeds/, or of a JSON Lines file of {"doc_id", "text"} (--texts). Every annotator
    gets an account and a project of their own. The password of a new account is printed once, here, and stored nowhere.

    \b
    Example:
      communique studio up --annotator pass-1
    """
    from communique.ontology import default_ontology
    from communique.studio.server import require_extra, start, stop
    from communique.studio.state import write_state

    require_extra()
    documents = _documents(texts)
    click.echo("starting Label Studio (the first time takes half a minute and more) …", err=True)
    state, passwords = start(data_dir, annotators, port=port)
    try:
        from communique.studio.client import connect, prepare

        for name in state.accounts:
            with connect(state.url, state.accounts[name].token) as client:
                account, imported = prepare(client, state.accounts[name], documents, name, default_ontology())
            state = replace(state, accounts={**state.accounts, name: account})
            write_state(data_dir, state)
            click.echo(f"{name}: {imported} documents imported", err=True)
    except BaseException:
        stop(data_dir)
        raise
    for name, account in state.accounts.items():
        password = f"  password {passwords[name]}" if name in passwords else ""
        click.echo(f"{name}: {state.url}/projects/{account.project}  user {account.email}{password}")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@_folder
@click.option("--as", "annotator", required=True, metavar="ANNOTATOR", help="Whose annotation it becomes.")
@click.option("--prediction", is_flag=True, help="Store pre-annotations, which the annotator then corrects.")
@click.option("--ground-truth", is_flag=True, help="Mark the annotations as gold.")
@click.option("--replace", "replace_own", is_flag=True, help="Overwrite the account's own annotations.")
def push(file: str, data_dir: Path, annotator: str, prediction: bool, ground_truth: bool, replace_own: bool) -> None:
    """Store the annotations of FILE, in the predictions format, in Label Studio.

    Everything is checked before anything is sent, and compared after it was stored. "score", "meta" and ids of relations are
    not carried.

    \b
    Example:
      communique studio push pass-1.jsonl --as pass-1
    """
    from communique.io.jsonl import read_annotations

    if prediction and (ground_truth or replace_own):
        raise click.UsageError("--prediction goes with neither --ground-truth nor --replace")
    state, account = _account(data_dir, annotator)
    annotations = read_annotations(file)
    from communique.studio import client as studio

    with studio.connect(state.url, account.token) as client:
        studio.push(
            client,
            account,
            annotations,
            prediction=Path(file).stem if prediction else None,
            ground_truth=ground_truth,
            replace_own=replace_own,
        )
    what = "pre-annotations" if prediction else "annotations"
    click.echo(f"{len(annotations)} {what} stored for {annotator}: {state.url}/projects/{account.project}")


@command.command()
@_folder
@click.option("--from", "annotator", required=True, metavar="ANNOTATOR", help="Whose annotations.")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder.")
@click.option("--ground-truth", is_flag=True, help="Only annotations that are marked as gold.")
@click.option("--meta", "provenance", multiple=True, metavar="KEY=VALUE", help="Provenance to state in every file.")
def pull(data_dir: Path, annotator: str, output: Path, ground_truth: bool, provenance: tuple[str, ...]) -> None:
    """Export an annotator's annotations, one file for each document, without e-mail addresses, ids and times of the server.

    If any annotation is faulty, all faults are listed and nothing is written. Each file states the annotator, the version of
    the guidelines (this installation's, if --meta guidelines=VERSION does not say otherwise), and what --meta adds.

    \b
    Example:
      communique studio pull --from pass-1 -o annotations/pass-1
    """
    from communique.io.files import write_bytes
    from communique.ontology import default_ontology

    state, account = _account(data_dir, annotator)
    from communique.studio import client as studio

    if stray := [p for p in provenance if "=" not in p]:
        raise click.UsageError(f"--meta takes KEY=VALUE, got {', '.join(stray)}")
    meta = {"annotator": annotator, "guidelines": default_ontology().version}
    meta |= dict(p.split("=", 1) for p in provenance)
    with studio.connect(state.url, account.token) as client:
        pulled = studio.pull(client, account, meta=meta, ground_truth=ground_truth)
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


def _account(data_dir: Path, annotator: str) -> tuple[Any, Any]:
    from communique.ontology import nearest
    from communique.studio.server import require_extra, running

    require_extra()
    state = running(data_dir)
    if annotator not in state.accounts:
        raise click.UsageError(f"there is no account {annotator}; {nearest(annotator, state.accounts)}")
    return state, state.accounts[annotator]
