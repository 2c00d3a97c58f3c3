"""Reverse proxies before the local platform: nginx and Caddy where there are, and a small one that can misbehave."""

import http.client
import os
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

import trustme

DEPLOY = Path(__file__).parents[1] / "deploy"
CADDY = shutil.which("caddy")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "server", "date"}
#: No administration over HTTP, no other ports, and nothing of the system is changed.
_CADDY_OPTIONS = "\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n"
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
    """A certificate for localhost, and its key, made once; the authority that signed it is `authority(folder)`."""
    made, key = folder / "certificate.pem", folder / "key.pem"
    if made.exists():
        return made, key
    signed = trustme.CA()
    signed.cert_pem.write_to_path(str(authority(folder)))
    issued = signed.issue_cert("localhost", "127.0.0.1")
    made.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(key))
    return made, key


def authority(folder: Path) -> Path:
    """The certificate of the authority that signed the proxy's certificate."""
    return folder / "authority.pem"


def trusting(folder: Path) -> ssl.SSLContext:
    """What a client needs that trusts this authority and no other."""
    return ssl.create_default_context(cafile=str(authority(folder)))


def free_port() -> int:
    """A port of the loopback on which nothing listens."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def nginx(
    folder: Path, upstream: str, *, path: str, strip: bool, slash: bool = True, headers: str = "", tls: bool = False
) -> Iterator[str]:
    """Nginx before `upstream`, showing it under `path`; gives the address that participants open."""
    port = free_port()
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
    with _running(nginx_command(folder), port):
        yield f"{'https' if tls else 'http'}://localhost:{port}{path}"


def nginx_command(folder: Path) -> list[str]:
    """What starts nginx with the `nginx.conf` in this folder, where it also writes."""
    return [str(NGINX), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-p", str(folder)]


@contextmanager
def caddy(folder: Path, upstream: str, *, path: str, strip: bool, tls: bool = False) -> Iterator[str]:
    """Caddy before `upstream`, showing it under `path`; gives the address that participants open."""
    port = free_port()
    files = "tls {} {}".format(*certificate(folder)) if tls else ""
    handle = "handle_path" if strip else "handle"
    site = f"{'https' if tls else 'http'}://localhost:{port}"
    within = f"{handle} {path}/* {{\n reverse_proxy {urlsplit(upstream).netloc}\n}}"
    conf = f"{{\n{_CADDY_OPTIONS}}}\n{site} {{\n{files}\n{within}\n}}\n"
    (folder / "Caddyfile").write_text(conf)
    with _running(caddy_command(folder), port, caddy_home(folder)):
        yield f"{site}{path}"


def caddy_command(folder: Path, verb: str = "run") -> list[str]:
    """What starts Caddy with the `Caddyfile` in this folder."""
    return [str(CADDY), verb, "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def caddy_home(folder: Path) -> dict[str, str]:
    """The environment in which Caddy keeps what it stores in this folder."""
    return os.environ | {"XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}


@contextmanager
def deployed_caddy(folder: Path, upstream: str) -> Iterator[str]:
    """Caddy with deploy/Caddyfile, apart from where the certificate comes from, and no port below 1024."""
    port = free_port()
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    text = text.replace("{\n", "{\n" + _CADDY_OPTIONS, 1)
    text = text.replace("\treverse_proxy", "\ttls {} {}\n\treverse_proxy".format(*certificate(folder)))
    (folder / "Caddyfile").write_text(text)
    told = {"SITE": f"https://localhost:{port}", "UPSTREAM": urlsplit(upstream).netloc}
    with _running(caddy_command(folder), port, caddy_home(folder) | told):
        yield f"https://localhost:{port}"


@contextmanager
def deployed_nginx(folder: Path, upstream: str) -> Iterator[str]:
    """Nginx with deploy/nginx.conf, apart from where files are, and no port below 1024."""
    port = free_port()
    write_deployed_nginx(folder, upstream, port)
    with _running(nginx_command(folder), port):
        yield f"https://localhost:{port}"


def write_deployed_nginx(folder: Path, upstream: str, port: int) -> None:
    """Write `nginx.conf`, which holds deploy/nginx.conf with this folder, ports and upstream."""
    made, key = certificate(folder)
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for ours, here in {
        "/etc/letsencrypt/live/study.example.org/fullchain.pem": str(made),
        "/etc/letsencrypt/live/study.example.org/privkey.pem": str(key),
        "/var/log/nginx/": f"{folder}/",
        "study.example.org": "localhost",
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "http://127.0.0.1:8000": upstream,
    }.items():
        assert ours in site
        site = site.replace(ours, here)
    (folder / "site.conf").write_text(site)
    conf = _CONF[: _CONF.index("  server {{")].format(folder=folder) + f"  include {folder}/site.conf;\n}}\n"
    (folder / "nginx.conf").write_text(conf)


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str] | None = None) -> Iterator[None]:
    """The proxy while the block runs; what it writes is in proxy.log of its folder."""
    folder = Path(command[command.index("-p") + 1]) if "-p" in command else Path(command[-1]).parent
    with (
        (folder / "proxy.log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_for(port, process)
            yield
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
