"""Which steps are open to whoever looks at a draft, and who can do the others."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.advisor.parts import parts
from services.advisor.studio.draft_desk import OpenDraft
from services.advisor.studio.visitor import may, visitor
from services.casebook.accounts import about_account, accounts
from services.casebook.draft_versions import authors_of
from services.casebook.drafts import is_behind
from services.casebook.model import DraftState, Role
from services.casebook.tables import PublicationRow, ReleaseRow


@dataclass(frozen=True, slots=True)
class Steps:
    """`approvers` are the colleagues who can approve this draft; `release` is the number it was published under."""

    state: DraftState
    is_behind: bool
    may_edit: bool
    may_approve: bool
    may_publish: bool
    is_own: bool
    approvers: tuple[str, ...]
    release: int | None


def steps_of(draft: OpenDraft) -> Steps:
    with parts().database.read() as session:
        hands = authors_of(session, draft.row)
        is_own = visitor().key in hands
        return Steps(
            state=draft.row.state,
            is_behind=draft.may_be_changed and is_behind(session, draft.row),
            may_edit=draft.may_be_changed and may(Role.EDITOR),
            may_approve=may(Role.PUBLISHER) and (parts().settings.approve_own or not is_own),
            may_publish=may(Role.PUBLISHER),
            is_own=is_own,
            approvers=_approvers(session, hands),
            release=_release_number(session, draft),
        )


def _approvers(session: Session, hands: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        account.name
        for account in accounts(session)
        if account.role.includes(Role.PUBLISHER) and account.disabled_at is None and about_account(account) not in hands
    )


def _release_number(session: Session, draft: OpenDraft) -> int | None:
    if draft.row.publication_id is None:
        return None
    publication = session.get_one(PublicationRow, draft.row.publication_id)
    return session.get_one(ReleaseRow, publication.release).number
