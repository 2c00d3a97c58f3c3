"""Serves a study on the local platform, and invites participants."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crowd.atomic_write import create_whole
from crowd.lifecycle import handouts
from crowd.lifecycle.invitation_checks import check_invitation, for_others
from crowd.lifecycle.invite import Invitation, hand_out
from crowd.lifecycle.place import settle
from crowd.lifecycle.prepare import check_unchanged
from crowd.lifecycle.stall import STALL_HOURS, watching
from crowd.lifecycle.video_folder import locate_videos, shows_its_own
from crowd.localplatform import Running, addresses, people, running
from crowd.localplatform.studyfile import StudyFile
from crowd.studydir import StudyDirectory, existing_study
from crowd.texts import people_are


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A study that is being served."""

    participants_url: str
    """The address that participants' links begin with."""
    progress_url: str
    """The requester's live page; to be kept as secret as the study's credentials."""
    requester_url: str
    """The address of Mechanical Turk's requester API, for boto3's `endpoint_url`."""
    join_url: str | None
    """The address to enter at the recruiter, which sends people there; None if people have links of their own."""
    metrics_url: str
    """The address of Prometheus's measurements, for requests with the key in `private/metrics_key`."""
    invitation: Invitation | None
    """All links; None if no participants were asked for."""
    warnings: tuple[str, ...]
    """What keeps participants from the study, each with what to do."""


@contextmanager
def serve(
    study_dir: str | Path,
    *,
    videos_dir: str | Path | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    participants: int = 0,
    country: str | None = None,
    public_url: str | None = None,
    trusted_proxies: str | Sequence[str] = (),
    this_machine: bool = False,
    database: str | None = None,
    workers: int = 1,
    log: str | Path | None = None,
    stall_hours: float = STALL_HOURS,
    on_stall: str | None = None,
) -> Iterator[Served]:
    """Serve a study on the local platform while the block runs.

    The server shows tasks to participants, each of whom has their own link, and offers Mechanical Turk's requester API
    to this package's other functions and to any boto3 client with the study's credentials.

    Args:
        study_dir: the study directory; a study file is enough, since tasks can be published while it is served.
        videos_dir: where the published videos are now, if they were moved; it is stored.
        host: the address to listen on; 0.0.0.0 opens the study to the network.
        port: the port to listen on; 0 takes the previous port, or any free one.
        participants: how many people are to have links, counting those who have some.
        country: where they are, as a code like "JP" or "US-CA"; needed where the study asks for countries.
        public_url: the address that participants open, if the server is behind a reverse proxy or tunnel.
        trusted_proxies: addresses or networks of reverse proxies whose X-Forwarded-For is used.
        this_machine: make links that open on this machine only, to try tasks.
        database: a PostgreSQL database for the tasks, ``postgresql://USER:PASSWORD@HOST/NAME``; it is remembered, and
            None is the one remembered, or a file of the study directory.
        workers: how many processes answer participants; more than one need PostgreSQL.
        log: the file to which requests, warnings and errors are appended as JSON lines; "-" is standard output.
        stall_hours: hours without an answer, while places are open, after which the study has stalled.
        on_stall: a command that is run when the study stalls.

    Yields:
        Addresses, links and warnings.

    Raises:
        ValueError: there is no study, it may be a copy, `study.toml` no longer agrees with what was published, videos
            are missing, only this machine could open the links, the tasks are in another database, there are several
            workers and no PostgreSQL, or `on_stall` is not a command.
        OSError: the port is in use, or a file cannot be written.

    Example:
        >>> with crowd.serve("my-study", participants=1, this_machine=True) as served:
        ...     print(len(served.invitation.links), served.requester_url.startswith("http://127.0.0.1:"))
        1 True
    """
    root = Path(study_dir)
    settle(existing_study(root))
    check_unchanged(root)
    locate_videos(root, videos_dir)
    shown = addresses.public_url(public_url) if public_url else None
    addresses.proxies(trusted_proxies)
    if participants:
        check_invitation(root, country)
        handouts.check_writable(root)
        if not this_machine:
            for_others(shown or addresses.for_others(host, port), addresses.endpoint(host, port).removesuffix(":0"))
    with (
        running(
            root,
            host=host,
            port=port,
            public_url=shown,
            trusted_proxies=trusted_proxies,
            database=database,
            workers=workers,
            shows_videos=shows_its_own(root),
            log=log,
        ) as server,
        watching(root, hours=stall_hours, command=on_stall),
    ):
        _write_metrics_key(root, server)
        address = server.endpoint_url if this_machine else server.participants_url or server.endpoint_url
        yield Served(
            participants_url=address,
            progress_url=address + server.requester_path,
            requester_url=server.endpoint_url,
            join_url=_join_url(root, address),
            metrics_url=f"{server.endpoint_url}/metrics",
            warnings=tuple(_warnings(root, server, address, shown, this_machine)),
            invitation=_invite_up_to(root, participants, country, address, this_machine) if participants else None,
        )


def _join_url(study_dir: Path, address: str) -> str | None:
    """The address to which the study's recruiter sends people."""
    file = StudyFile(study_dir)
    name = file.sending_recruiter
    door = file.door(name) if name else None
    return f"{address}/join?{door.query}" if door else None


def _write_metrics_key(study_dir: Path, server: Running) -> None:
    """Write the key of the measurements to a file of its own, as Prometheus's `credentials_file` wants it."""
    create_whole(StudyDirectory(study_dir).metrics_key, server.platform.secrets.metrics_key, mode=0o600)


def _warnings(
    study_dir: Path, server: Running, address: str, public_url: str | None, this_machine: bool
) -> Iterator[str]:
    """Warnings about links given to participants before that no longer work."""
    if server.moved_from and not public_url:
        yield (
            f"port {server.moved_from}, which links of last time name, is taken: they are dead until the study is "
            "served there again"
        )
    num_people, _ = people.invited(study_dir)
    if num_people and not server.participants_url and not this_machine:
        yield (
            f"{people_are(num_people)} invited, and only this machine can open {address}: serve with --host 0.0.0.0 or "
            "--public-url"
        )
    recruiter = StudyFile(study_dir).sending_recruiter
    if recruiter and not server.participants_url and not this_machine:
        yield (
            f"{recruiter} sends people to this study, and only this machine can open {address}: serve with --host "
            "0.0.0.0 or --public-url"
        )


def _invite_up_to(study_dir: Path, count: int, country: str | None, address: str, this_machine: bool) -> Invitation:
    new = people.invite_up_to(study_dir, count, country=country)
    paths = people.links(study_dir)
    return hand_out(study_dir, paths, address, num_before=len(paths) - new, sheet=not this_machine)
