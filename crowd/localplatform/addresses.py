"""The platform's addresses: for programs on this machine, for participants' devices, and between its pages.

Pages link to each other by relative addresses, so they work under any host, port, scheme and path of a reverse proxy.
"""

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.requests import Request

from crowd.texts import each_of

_ANY_V4, _ANY_V6 = "0.0.0.0", "::"  # noqa: S104  compared with, never bound to
_LOOPBACK_NAMES = frozenset({"localhost", "ip6-localhost", "ip6-loopback"})
#: Addresses reserved for documentation. Connecting a UDP socket to one selects an interface and sends nothing.
_ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}


def root_of(request: Request) -> str:
    """The relative path from the requested page to the server's root, e.g. ``"../../"`` from ``/p/TOKEN/hits``."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return "../" * (path.count("/") - 1) or "./"


def endpoint(host: str, port: int) -> str:
    """The ``http://HOST:PORT`` at which programs on this machine reach a server that listens on `host`."""
    here = {_ANY_V4: "127.0.0.1", _ANY_V6: "::1"}.get(host, host)
    return f"http://{_bracketed(here)}:{port}"


def public_url(text: str) -> str:
    """Check the address that participants open, as the user typed it; return it without a slash at its end.

    Raises:
        ValueError: it is not the address of a web site.
    """
    try:
        parts = urlsplit(text.strip())
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is not a number, or an unclosed bracket
        fits = False
    if not fits or parts.query or parts.fragment or parts.username is not None or set(text.strip()) & set(" <>\"'\\"):
        raise ValueError(
            f"{text!r} is not an address that participants can open: write https://HOST, with :PORT and /PATH where it "
            "has them"
        )
    return text.strip().rstrip("/")


def for_others(host: str, port: int) -> str | None:
    """The address at which other machines reach a server that listens on `host`; None if none is known."""
    if host in (_ANY_V4, _ANY_V6):
        found = own_address(socket.AF_INET6) if host == _ANY_V6 else None
        host = found or own_address(socket.AF_INET) or "localhost"
    try:
        bound = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:
        bound = set()
    return None if all(map(_stays_here, bound)) else f"http://{_bracketed(host)}:{port}"


def proxies(texts: str | Iterable[str]) -> list[str]:
    """The networks of reverse proxies that the user typed, also in the form that a server listening on ``::`` sees.

    Raises:
        ValueError: one is neither an address nor a network, or contains all addresses.
    """
    found: list[str] = []
    for text in each_of(texts):
        try:
            network = ipaddress.ip_network(text.strip(), strict=False)
        except ValueError:
            raise ValueError(
                f"{text!r} is not the address of a reverse proxy: write it as 192.0.2.7, or a network as 192.0.2.0/24"
            ) from None
        if not network.prefixlen:
            raise ValueError(
                f"{text!r} is every address there is, and anybody could choose which one counts: name the reverse proxy"
            )
        found.append(str(network))
        if network.version == 4:
            found.append(f"::ffff:{network.network_address}/{96 + network.prefixlen}")
    return found


def own_address(family: socket.AddressFamily = socket.AF_INET) -> str | None:
    """This machine's address in its network; None if it has none."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((_ELSEWHERE[family], 9))
            address = str(probe.getsockname()[0])
    except OSError:
        return None
    return None if _stays_here(address) else address


def only_here(url: str) -> bool:
    """Whether the address, in any spelling, always leads to the machine that opens it."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return host.split(".")[0] in _LOOPBACK_NAMES or host.endswith(".localhost") or _stays_here(host)


def client_of(request: Request) -> str:
    """The client whose requests are counted together if nothing else identifies it: its address or network."""
    return network_of(request.client.host) if request.client else ""


def network_of(host: str) -> str:
    """What counts as one client: an IPv4 address, or the whole /64 network of an IPv6 address."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    found = getattr(found, "ipv4_mapped", None) or found
    return str(found) if found.version == 4 else str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


def _stays_here(host: str) -> bool:
    try:
        # Browsers read 127.1 and 2130706433 as 127.0.0.1.
        text = host.partition("%")[0] if ":" in host else socket.inet_ntoa(socket.inet_aton(host))
        found = ipaddress.ip_address(text)
    except (OSError, ValueError):
        return False  # a host name
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_loopback or found.is_unspecified or (found.version == 6 and found.is_link_local)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
