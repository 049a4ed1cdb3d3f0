"""A Ceph RADOS Gateway: a real S3 server that checks signatures, refuses strangers and does not know trailers.

    with Ceph(folder) as ceph:
        ceph.over_tls.client().list_buckets()

A cluster of one monitor and one OSD that keeps everything in memory, with the gateway in front of it, on the
loopback interface. Needs Debian's `radosgw`, `ceph-mon`, `ceph-osd` and `ceph-common`, no rights and no systemd.
"""

import base64
import os
import ssl
import struct
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.servers.endpoint import ACCESS_KEY, SECRET_KEY, Endpoint, new_certificate
from tests.servers.processes import (
    LOOPBACK,
    Process,
    free_ports,
    listens,
    program,
    run_to_its_end,
    start_on_free_ports,
)

PROGRAMS: Final = {
    "ceph": "ceph-common",
    "ceph-mon": "ceph-mon",
    "ceph-osd": "ceph-osd",
    "monmaptool": "ceph-base",
    "radosgw": "radosgw",
    "radosgw-admin": "ceph-common",
}
"""And the Debian packages they are in."""
MEMORY_BYTES: Final = 2 * 1024**3

# The paxos lines make a cluster that stands in 1.5 s of one that takes 15. Whoever asks before the OSD is up asks again
# at the next tick, which is 5 s otherwise. Without tcp_nodelay, each GET takes 47 ms.
CONFIGURATION: Final = """
[global]
fsid = {fsid}
mon initial members = a
mon host = v2:{host}:{monitor}/0
public addr = {host}
cluster addr = {host}
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = {folder}/keyring
run dir = {folder}/run
pid file = {folder}/run/$name.pid
admin socket =
crash dir = {folder}/crash
log file =
log to stderr = true
mon cluster log file =
ms bind msgr1 = false
ms bind msgr2 = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = {memory}
mon allow pool size one = true
paxos propose interval = 0.05
paxos min wait = 0.01
objecter tick interval = 0.2

[mon.a]
mon data = {folder}/mon

[osd.0]
osd data = {folder}/osd

[client.rgw]
rgw data = {folder}/rgw
rgw dynamic resharding = false
rgw run sync thread = false
rgw lc debug interval = {lifecycle}
rgw frontends = beast {gateway} tcp_nodelay=1
"""

CAPABILITIES: Final = {
    "mon.": ("mon",),
    "client.admin": ("mon", "osd"),
    "osd.0": ("mon", "osd"),
    "client.rgw": ("mon", "osd"),
}


class Ceph:
    """The cluster; `folder` is empty and takes its data and logs.

    `day_seconds` is how long a day of a lifecycle rule lasts here.
    """

    def __init__(self, folder: Path, *, day_seconds: int = 2) -> None:
        self._folder, self._day_seconds = folder, day_seconds
        self._environment = {"PATH": os.environ["PATH"], "CEPH_ARGS": "", "HOME": str(folder)}
        self._running = ExitStack()

    def __enter__(self) -> Self:
        self._programs = {name: program(name, package=f"Debian's {package}") for name, package in PROGRAMS.items()}
        self.certificate = new_certificate(self._folder)
        start_on_free_ports(lambda tried: self._start(self._folder / f"try-{tried}"), running=self._running)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    @property
    def over_tls(self) -> Endpoint:
        """The gateway as a client should ask it."""
        return Endpoint(f"https://{LOOPBACK}:{self._tls}", "ceph", authority=self.certificate.authority)

    @property
    def plain(self) -> Endpoint:
        """The gateway for what stands in front of it."""
        return Endpoint(f"http://{LOOPBACK}:{self._plain}", "ceph")

    def add_user(self, name: str, *, access_key: str, secret_key: str) -> None:
        """Let somebody else in, who owns nothing."""
        keys = ["--access-key", access_key, "--secret-key", secret_key]
        self._run("radosgw-admin", "-n", "client.rgw", "user", "create", "--uid", name, "--display-name", name, *keys)

    def take_back(self, access_key: str) -> None:
        """Let nobody in any more by this key."""
        self._run("radosgw-admin", "-n", "client.rgw", "key", "rm", "--key-type", "s3", "--access-key", access_key)

    def _start(self, root: Path) -> None:
        for name in ("mon", "osd", "rgw", "run", "log", "crash"):
            (root / name).mkdir(parents=True)
        fsid = str(uuid.uuid4())
        monitor, self._plain, self._tls = free_ports(3)
        self._configuration = root / "ceph.conf"
        self._configuration.write_text(self._configured(root, fsid=fsid, monitor=monitor), encoding="ascii")
        (root / "keyring").write_text(_keyring(), encoding="ascii")
        self._start_monitor(root, fsid=fsid, monitor=monitor)
        self._start_osd(root)
        self._start_gateway(root)
        self.add_user("tests", access_key=ACCESS_KEY, secret_key=SECRET_KEY)

    def _configured(self, root: Path, *, fsid: str, monitor: int) -> str:
        certificate = f"ssl_certificate={self.certificate.chain} ssl_private_key={self.certificate.key}"
        return CONFIGURATION.format(
            fsid=fsid,
            host=LOOPBACK,
            monitor=monitor,
            folder=root,
            memory=MEMORY_BYTES,
            lifecycle=self._day_seconds,
            gateway=f"endpoint={LOOPBACK}:{self._plain} ssl_endpoint={LOOPBACK}:{self._tls} {certificate}",
        )

    def _start_monitor(self, root: Path, *, fsid: str, monitor: int) -> None:
        address = f"[v2:{LOOPBACK}:{monitor}]"
        self._run("monmaptool", "--create", "--clobber", "--fsid", fsid, "--addv", "a", address, root / "monmap")
        self._run("ceph-mon", "-i", "a", "--mkfs", "--monmap", root / "monmap", "--keyring", root / "keyring")
        self._serve("ceph-mon", "-i", "a", log=root / "log/mon.log", ready=lambda: listens(monitor))

    def _start_osd(self, root: Path) -> None:
        osd = str(uuid.uuid4())
        self._run("ceph", "osd", "new", osd)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._serve("ceph-osd", "-i", "0", log=root / "log/osd.log", ready=lambda: True)

    def _start_gateway(self, root: Path) -> None:
        self._serve("radosgw", "-n", "client.rgw", log=root / "log/rgw.log", ready=lambda: answers(self.over_tls))

    def _serve(self, name: str, *arguments: str, log: Path, ready: Callable[[], bool]) -> None:
        command: list[str | Path] = [self._programs[name], "-c", self._configuration, "-f", *arguments]
        process = Process(command, log=log, environment=self._environment, seconds_to_end=0)
        self._running.enter_context(process)
        process.wait_until(ready)

    def _run(self, name: str, *arguments: str | Path) -> None:
        command: list[str | Path] = [self._programs[name], "-c", self._configuration, *arguments]
        run_to_its_end(command, environment=self._environment)


def answers(endpoint: Endpoint) -> bool:
    """Whether a gateway answers a stranger's question, over TLS that can be trusted."""
    trust = ssl.create_default_context(cafile=endpoint.authority)
    try:
        with urllib.request.urlopen(endpoint.url, timeout=1, context=trust) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return False
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _keyring() -> str:
    """Who may do what in the cluster, each with a new key."""
    sections = []
    for name, services in CAPABILITIES.items():
        allowed = "".join(f'\tcaps {service} = "allow *"\n' for service in services)
        sections.append(f"[{name}]\n\tkey = {_cephx_key()}\n{allowed}")
    return "".join(sections)


def _cephx_key() -> str:
    """A secret of cephx: type, time and length in front of sixteen random bytes."""
    return base64.b64encode(struct.pack("<hiih", 1, int(time.time()), 0, 16) + os.urandom(16)).decode()
