"""`ashore rules import|export`: a folder of rules becomes a draft, and a release or a draft becomes a folder."""

from __future__ import annotations

from getpass import getuser
from pathlib import Path

import click
from sqlalchemy.orm import Session

from services.advisor.language import DEFAULT_LANGUAGE
from services.casebook.authors import Author, operator
from services.casebook.clock import utc_now
from services.casebook.draft_errors import DraftError
from services.casebook.draft_files import differences
from services.casebook.draft_versions import base_files, files_of
from services.casebook.drafts import approve, create_draft, discard, find_draft, publish_draft, submit
from services.casebook.releases import NoReleaseError, ensure_first_release, fingerprint_in_force, release_numbered
from services.casebook.rule_tables import DraftRow
from services.casebook.tables import ReleaseRow
from services.commands.casebook import casebook
from services.commands.rules import rules
from services.commands.shared_options import (
    FOUND,
    SHOWN_DIGITS,
    language_option,
    print_problems,
    read_rulebook,
    refuse,
    today,
)
from services.rulebook.load import read_folder
from services.rulebook.proof import prove_apart

__all__ = ["rules"]

NEXT = "read it in the studio, or put it in force with: ashore rules import FOLDER --why REASON --publish"


@rules.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--why", required=True, help="Why the rules change; kept with the draft and the release.")
@click.option("--title", help="What the change is called; the reason unless said otherwise.")
@click.option("--by", default=getuser, help="Who changes them; your user name unless said otherwise.")
@click.option("--publish", is_flag=True, help="Prove the rules and put them in force at once, without a colleague.")
@language_option()
def import_rules(folder: Path, why: str, title: str | None, by: str, publish: bool, language: str | None) -> None:
    """Make a draft of the rules in FOLDER; with --publish, put them in force if nothing is wrong with them."""
    said, files = language or DEFAULT_LANGUAGE, read_folder(folder)
    if publish:
        _prove(folder, files, said)
    with casebook() as (settings, database), database.write() as session:
        ensure_first_release(session, lambda: read_folder(settings.rules), utc_now())
        try:
            draft = create_draft(session, operator(by), title or why, why, utc_now(), files)
            done = _put_in_force(session, draft, operator(by)) if publish else f"draft {draft.id}: {NEXT}"
        except DraftError as error:
            refuse(error.text.in_language(said))
    click.echo(done)


@rules.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--release", "release", type=int, help="The number of a release; the one in force unless said otherwise.")
@click.option("--draft", "draft", type=int, help="The number of a draft instead.")
def export_rules(folder: Path, release: int | None, draft: int | None) -> None:
    """Write the rules of a release or of a draft into FOLDER, which must be empty or not there yet."""
    if folder.exists() and any(folder.iterdir()):
        refuse(f"{folder} is not empty")
    with casebook() as (_, database), database.read() as session:
        try:
            said, files = _draft(session, draft) if draft is not None else _release(session, release)
        except NoReleaseError as error:
            refuse(f"{error}; `ashore rules releases` lists them")
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    click.echo(f"{said} is in {folder}")


def _prove(folder: Path, files: dict[str, str], language: str) -> None:
    """Stops the command unless the check finds no error, all cases hold and both engines agree."""
    read_rulebook(folder, language)
    proof = prove_apart(files, today())
    print_problems(proof.blocking, language)
    if proof.refused is not None:
        refuse(proof.refused.in_language(language))
    if not proof.may_be_published:
        raise SystemExit(FOUND)


def _put_in_force(session: Session, draft: DraftRow, author: Author) -> str:
    """Who has a shell on this machine is trusted with all steps at once; the audit shows each of them."""
    now = utc_now()
    if differences(base_files(session, draft), files_of(session, draft)):
        submit(session, draft, author, now)
        approve(session, draft, author, now, own_allowed=True)
        publish_draft(session, draft, author, now)
    else:
        discard(session, draft, author, now)
    row = session.get_one(ReleaseRow, fingerprint_in_force(session, now))
    return f"release {row.number} ({row.fingerprint[:SHOWN_DIGITS]}) is in force"


def _draft(session: Session, number: int) -> tuple[str, dict[str, str]]:
    draft = find_draft(session, number)
    if draft is None:
        refuse(f"there is no draft {number}")
    return f"draft {number}, version {draft.version},", files_of(session, draft)


def _release(session: Session, number: int | None) -> tuple[str, dict[str, str]]:
    if number is None:
        row = session.get_one(ReleaseRow, fingerprint_in_force(session, utc_now()))
    else:
        row = release_numbered(session, number)
    return f"release {row.number}", dict(row.files)
