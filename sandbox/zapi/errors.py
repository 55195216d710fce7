"""Z-API's answers of failure: a sentence under ``error``, and nothing to tell one from another by."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.wire import JsonObject, answer


@dataclass(eq=False)
class ZapiError(Exception):
    """An answer of failure."""

    status: int
    error: str
    message: str = ""

    def response(self) -> web.Response:
        """The answer, in Z-API's shape."""
        body: JsonObject = {"error": self.error}
        if self.message:
            body["message"] = self.message
        return answer(body, self.status)


def refused(words: str) -> ZapiError:
    """What is wrong with a body."""
    return ZapiError(400, words)
