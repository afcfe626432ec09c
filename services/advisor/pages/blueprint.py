"""The blueprint of the borrower's pages; what leaves it stays out of caches, what enters it comes from here."""

from __future__ import annotations

from flask import Blueprint, request

from services.advisor.own_forms import refuse_forms_of_other_sites
from services.advisor.pages.rendering import keep_out_of_caches

blueprint = Blueprint("pages", __name__)
blueprint.after_request(keep_out_of_caches)


@blueprint.before_request
def let_in_own_forms_only() -> None:
    if request.method == "POST":
        refuse_forms_of_other_sites()
