"""How endpoints about cases are documented: the token, the key that makes a retry safe, what can go wrong."""

from __future__ import annotations

from http import HTTPStatus

from services.advisor.reading import Decorator, StrictBlueprint, View

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}]
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "A new value for every request, the same value for a retry; the first answer is given again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag of the case as you know it; 412 if it has changed since.",
    "schema": {"type": "string"},
}
REFUSALS_OF_READING = (401, 404, 503)
REFUSALS_OF_CHANGING = (400, 401, 404, 409, 412, 503)


class CaseBlueprint(StrictBlueprint):
    """Endpoints that are opened with a token."""

    def reads(self, *more: int) -> Decorator:
        """An endpoint that changes nothing; `more` are further ways to refuse."""
        return lambda view: self.doc(security=SECURITY)(self._refusing(view, (*REFUSALS_OF_READING, *more)))

    def changes(self, *more: int) -> Decorator:
        """An endpoint that changes something, once per Idempotency-Key."""
        document = self.doc(security=SECURITY, parameters=[IDEMPOTENCY_KEY, IF_MATCH])
        return lambda view: document(self._refusing(view, (*REFUSALS_OF_CHANGING, *more)))

    def _refusing(self, view: View, statuses: tuple[int, ...]) -> View:
        for status in statuses:
            view = self.alt_response(status, HTTPStatus(status).name)(view)
        return view
