"""The study's videos over HTTP: range requests, types, cache headers, and nothing else of the disk."""

import json
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

#: What participants' browsers may load; metadata.csv, which says what made each video, is not among it.
TYPES = frozenset({".mp4", ".webm", ".gif", ".webp", ".png", ".jpg", ".jpeg", ".mov", ".m4v", ".ogv"})

_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'",
}


class Media:
    """``GET /media/{path}`` of one study; the directory is the one in its ``design.json``."""

    def __init__(self, study_dir: Path):
        self._design = study_dir / "design.json"
        self._read: tuple[int, StaticFiles] | None = None

    async def __call__(self, request: Request) -> Response:
        """The file, a part of it, or 404."""
        path = request.path_params["path"]
        if Path(path).suffix.lower() not in TYPES or any(part.startswith(".") for part in Path(path).parts):
            raise HTTPException(404)
        response = await self._files().get_response(path, request.scope)
        response.headers.update(_HEADERS)
        return response

    def _files(self) -> StaticFiles:
        try:
            changed = self._design.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                directory = json.loads(self._design.read_text(encoding="utf-8"))["videos_dir"]
                self._read = changed, StaticFiles(directory=directory, check_dir=False)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HTTPException(404) from error
        return self._read[1]
