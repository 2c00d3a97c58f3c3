"""Errors as Prolific answers them, in the shapes that its clients have met."""

from typing import Any, Literal

Shape = Literal["wrapped", "unwrapped", "message", "detail", "text"]
_TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    429: "Too many requests",
}


class ProlificError(Exception):
    """A call that is refused.

    `shape` is how the body is built: ``wrapped`` is ``{"error": {"status", "error_code", "title", "detail"}}``,
    ``unwrapped`` the inner object alone, ``message`` is ``{"message", "detail"}``, ``detail`` is ``{"detail"}``, and
    ``text`` is ``{"error": detail}``. Clients branch on the status, since Prolific does not document the texts.
    """

    def __init__(self, status: int, detail: str | list[str] | dict[str, list[str]], *, shape: Shape = "wrapped"):
        super().__init__(f"{status} {detail}")
        self.status, self.detail, self.shape = status, detail, shape

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        title = _TITLES.get(self.status, "Error")
        inner = {"status": self.status, "error_code": 140_000 + self.status, "title": title, "detail": self.detail}
        shapes: dict[Shape, dict[str, Any]] = {
            "wrapped": {"error": inner},
            "unwrapped": inner,
            "message": {"message": title, "detail": self.detail},
            "detail": {"detail": self.detail},
            "text": {"error": self.detail},
        }
        return shapes[self.shape]


def not_found(what: str, name: str) -> ProlificError:
    """The error of an id that names nothing."""
    return ProlificError(404, f"no {what} has the id {name}")


def invalid(field: str, message: str, *, shape: Shape = "wrapped") -> ProlificError:
    """The error of one field of a body."""
    return ProlificError(400, {field: [message]}, shape=shape)


def needs_feature(name: str) -> ProlificError:
    """The error of a call that only enabled workspaces may make."""
    return ProlificError(403, f"You do not have permission to use this feature: {name}")
