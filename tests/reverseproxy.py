"""Reverse proxies before the local platform: nginx where there is one, and a small one that can misbehave."""

import http.client
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection, socket
from urllib.parse import urlsplit

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "server", "date"}
_CONF = """daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port}{ssl};
    {certificate}
    location {path}{slash} {{ proxy_pass {upstream}; {headers} }}
  }}
}}
"""


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for localhost, and its key.

    Raises:
        FileNotFoundError: there is no openssl.
    """
    made, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


@contextmanager
def nginx(
    folder: Path, upstream: str, *, path: str, strip: bool, slash: bool = True, headers: str = "", tls: bool = False
) -> Iterator[str]:
    """Nginx before `upstream`, showing it under `path`; gives the address that participants open."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files = "ssl_certificate {}; ssl_certificate_key {};".format(*certificate(folder)) if tls else ""
    conf = _CONF.format(
        folder=folder,
        port=port,
        path=path,
        slash="/" if slash else "",
        headers=headers,
        upstream=f"{upstream}/" if strip else upstream,
        ssl=" ssl" if tls else "",
        certificate=files,
    )
    (folder / "nginx.conf").write_text(conf)
    command = [str(NGINX), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-p", str(folder)]
    with subprocess.Popen(command) as process:
        try:
            _wait_for(port, process)
            yield f"{'https' if tls else 'http'}://localhost:{port}{path}"
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 30
    while True:
        try:
            create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def small_proxy(
    folder: Path, upstream: str, *, path: str, strip: bool, drop: frozenset[str] = frozenset(), tls: bool = False
) -> Iterator[str]:
    """A proxy that changes Host, says nothing of who called it, and drops the request headers named in `drop`."""
    target = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            if not self.path.startswith(f"{path}/"):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in {*_HOP, *drop}}
            connection = http.client.HTTPConnection(target, timeout=60)
            try:
                connection.request(self.command, self.path.removeprefix(path) if strip else self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except ConnectionError:
                self.close_connection = True
            finally:
                connection.close()

        do_GET = do_POST = respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(folder))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{server.server_port}{path}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
