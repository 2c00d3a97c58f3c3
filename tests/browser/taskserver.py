"""One task page over HTTP, with its clips and a place to send answers to: the platform's part, cut to the bone."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

TYPES = {".mp4": "video/mp4", ".gif": "image/gif", ".webp": "image/webp"}


class TaskServer:
    """Serves `page` under /task, `media` under /media, and keeps what is sent."""

    def __init__(self, media: Path) -> None:
        self.media = media
        self.page = ""
        self.missing: set[str] = set()
        """Ends of media addresses that are answered with 404."""
        self.delivering = threading.Event()
        self.delivering.set()
        """Clips are held back while this is cleared."""
        self.refuse_answers = False
        """Answer submissions as a platform does when the time is over."""
        self.away = False
        """Answer submissions as a proxy does whose server is away."""
        self.attempts = 0
        """How often answers were sent, whatever became of them."""
        self.lose = 0
        """So many submissions are taken, and the connection is cut in place of an answer."""
        self.sent: list[dict[str, str]] = []
        self.base = ""

    def address(
        self, assignment_id: str = "ASSIGNMENT1", worker_id: str = "AWORKER1", submit_to: str | None = None
    ) -> str:
        """The task's address, as the platform opens it in its frame."""
        query = {
            "assignmentId": assignment_id,
            "hitId": "HIT1",
            "workerId": worker_id,
            "turkSubmitTo": (submit_to or self.base) + "/",
        }
        return f"{self.base}/task?{urlencode(query)}"

    def answer(self, handler: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        """Status, content type and body for a request."""
        path = urlsplit(handler.path).path
        if handler.command == "POST":
            body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
            if path.endswith("/quiz"):
                return 404, "text/plain", b"this platform keeps no tries"
            if self.refuse_answers:
                return 410, "text/html", b"<title>Too late</title><h1>The time for this task is over.</h1>"
            self.attempts += 1
            if self.away:
                return 502, "text/html", b"<title>Bad gateway</title>"
            self.sent.append({name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()})
            if self.lose:
                self.lose -= 1
                handler.connection.shutdown(socket.SHUT_RDWR)
            return 303, "text/html", b""
        if path == "/thanks":
            if "application/json" in handler.headers["Accept"]:
                return 200, "application/json", json.dumps({"assignment_id": "ASSIGNMENT1"}).encode()
            return 200, "text/html", b"<title>Thank you</title><h1>Thank you</h1>"
        if path == "/task":
            return 200, "text/html; charset=utf-8", self.page.encode()
        file = self.media / unquote(path.removeprefix("/media/"))
        if path.startswith("/media/") and file.is_file() and not file.name.endswith(tuple(self.missing)):
            self.delivering.wait(30)
            return 200, TYPES[file.suffix], file.read_bytes()
        return 404, "text/plain", b"none"


@contextmanager
def serving(media: Path) -> Iterator[TaskServer]:
    """A task server on a free port of the loopback."""
    tasks = TaskServer(media)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            status, content_type, body = tasks.answer(self)
            part, whole = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or ""), len(body)
            if part and status == 200:  # without, browsers cannot go to another time of a clip
                start = int(part[1])
                status, body = 206, body[start : int(part[2]) + 1 if part[2] else whole]
            try:
                self.send_response(status)
                if status == 206:
                    self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{whole}")
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                if status == 303:
                    self.send_header("Location", "/thanks")
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True

        do_GET = do_POST = respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    tasks.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield tasks
    finally:
        tasks.delivering.set()
        server.shutdown()
        thread.join()
        server.server_close()
