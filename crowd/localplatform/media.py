"""Serves the study's videos over HTTP, with range requests and cache headers, and no other files."""

import os
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from crowd.fileformat import parsed
from crowd.opaque_names import blind, former
from crowd.studydir import StudyDirectory

_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'",
}


def _settle_if_range(request: Request, response: Response) -> None:
    """Handle the request's If-Range header: if its entity tag is not the file's, the whole file is sent.

    Starlette also compares it with Last-Modified, and answers with status 500 if the response has none. Browsers send
    If-Range for all clips that they load in parts.
    """
    asked = MutableHeaders(scope=request.scope)
    if "if-range" in asked:
        if asked["if-range"] != response.headers.get("etag"):
            del asked["range"]
        del asked["if-range"]


class MediaEndpoint:
    """``GET /media/{name}``: serves the files that the study's ``design.json`` lists, by their opaque names.

    A request holds no path, so it cannot leave the directory, except through symbolic links in it. What would reveal
    the method of a video is not served: metadata.csv, and the files' modification times. Pages that an earlier release
    published name files by hashes without a key, which are served as well.
    """

    def __init__(self, study_dir: Path, key: str):
        self._key = key
        self._design = StudyDirectory(study_dir).design
        self._read_at = 0
        self._files: dict[str, str] = {}
        self._directory = StaticFiles(directory=None, check_dir=False)

    async def __call__(self, request: Request) -> Response:
        """The file, a part of it, or 404."""
        self._read()
        file_name = self._files.get(request.path_params["name"])
        if file_name is None:
            raise HTTPException(404)
        del MutableHeaders(scope=request.scope)["if-modified-since"]
        response = await self._directory.get_response(file_name, request.scope)
        response.headers.update(_HEADERS)
        del response.headers["last-modified"]
        _settle_if_range(request, response)
        return response

    def is_complete(self) -> bool:
        """Whether all published videos can be read; true before publication."""
        if not self._design.exists():
            return True
        try:
            self._read()
        except HTTPException:
            return False
        place = Path(self._directory.directory or "")
        return all(os.access(place / name, os.R_OK) for name in self._files.values())

    def _read(self) -> None:
        """Read the design again if it has changed; it is written at publication."""
        try:
            changed = self._design.stat().st_mtime_ns
            if changed != self._read_at:
                design = parsed(self._design)
                names = [
                    video[key] for video in design["videos"] for key in ("file_name", "fallback") if video.get(key)
                ]
                # Resolved, since Starlette removes `..` textually, which is wrong if the path has a symbolic link.
                place = (self._design.parent / design["videos_dir"]).resolve()
                self._directory = StaticFiles(directory=place, check_dir=False, follow_symlink=True)
                found = {} if design.get("shown") else {former(name): name for name in names}
                self._files = found | {blind(name, self._key): name for name in names}
                self._read_at = changed
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise HTTPException(404) from error
