"""Which failure of the language model an API error is: what is tried again, and what counts for every tenant."""

import json

import anthropic

from core.domain.errors import ModelError, ModelSpendLimit, ModelUnavailable

_SPEND_WORDS = ("spend limit", "spend_limit", "credit balance", "usage limit")


class Outage(ModelUnavailable):
    """The model, or this installation's access to it, is away: it counts in the circuit that all tenants share."""


class Again(Outage):
    """Worth another try, after ``after`` seconds when the provider named them."""

    def __init__(self, detail: str, after: float | None) -> None:
        super().__init__(detail)
        self.after = after


def classified(model: str, error: anthropic.APIStatusError) -> ModelError:
    """Which failure an answer with an error's status is.

    The API's page on errors: 400 and 429 are also used for an exhausted spend limit.
    """
    after = _retry_after(error)
    if _is_spend_limit(error):
        return ModelSpendLimit(f"{model}: the spend limit of the API account is reached")
    if error.status_code in {408, 409, 429} or error.status_code >= 500:  # noqa: PLR2004 - HTTP's own classes
        return Again(f"{model}: HTTP {error.status_code}", after)
    # 401 and 403 concern the one key of the installation; other refusals concern what one tenant asked.
    kind = Outage if error.status_code in {401, 403} else ModelUnavailable
    return kind(f"{model}: HTTP {error.status_code} ({getattr(error, 'type', None) or 'refused'})")


def _is_spend_limit(error: anthropic.APIStatusError) -> bool:
    if error.status_code == 402:  # noqa: PLR2004 - billing_error
        return True
    body = json.dumps(error.body).lower() if error.body is not None else ""
    if error.status_code == 429:  # noqa: PLR2004 - an exhausted limit has no retry-after
        return "spend_limit" in body and _retry_after(error) is None
    return error.status_code == 400 and any(words in body for words in _SPEND_WORDS)  # noqa: PLR2004 - see docstring


def _retry_after(error: anthropic.APIStatusError) -> float | None:
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
