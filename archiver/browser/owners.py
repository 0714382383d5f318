"""Whose connection it is that comes in on this machine, as far as the system tells.

Linux does: by a question for one connection (sock_diag(7)), and where that is not
answered, by a table of all of them (proc(5)), which takes long where there are many.
"""

import os
import socket
import struct
import sys
from pathlib import Path
from typing import Final

SocketAddress = tuple[str, int]  # an IPv4 address and a port

_TABLE: Final = Path("/proc/net/tcp")
_UID: Final = 7  # its column
_SOCK_DIAG: Final = 4  # NETLINK_SOCK_DIAG
_BY_FAMILY: Final = 20  # SOCK_DIAG_BY_FAMILY: the type of question and answer
_REQUEST: Final = 1  # NLM_F_REQUEST
_HEADER: Final = "=IHHII"  # nlmsghdr
_QUESTION: Final = "=BBBBI"  # inet_diag_req_v2, before the id
_ID: Final = ">HH4s12x4s12x"  # inet_diag_sockid: ports and addresses of both ends
_ANY: Final = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)  # interface, cookie
_OWNER_AT: Final = 16 + 4 + 48 + 12  # bytes before idiag_uid in an answer
_PATIENCE: Final = 1.0  # seconds


def is_ours(peer: SocketAddress, here: SocketAddress) -> bool:
    """Tell whether the connection from ``peer`` is of the user who runs this.

    One that nothing is told of counts as ours.
    """
    owner = ask_owner(peer, here)
    owners = find_owners(peer, here) if owner is None else {owner}
    return owners <= {os.getuid()}


def ask_owner(peer: SocketAddress, here: SocketAddress) -> int | None:
    """Ask the kernel for the user of one connection; None where it does not say."""
    if not hasattr(socket, "AF_NETLINK"):
        return None
    ends = struct.pack(
        _ID, peer[1], here[1], socket.inet_aton(peer[0]), socket.inet_aton(here[0])
    )
    ask = struct.pack(_QUESTION, socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF)
    length = struct.calcsize(_HEADER) + len(ask + ends + _ANY)
    header = struct.pack(_HEADER, length, _BY_FAMILY, _REQUEST, 0, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
            kernel.settimeout(_PATIENCE)
            kernel.send(header + ask + ends + _ANY)
            answer = kernel.recv(1 << 12)
    except OSError:
        return None
    if len(answer) < _OWNER_AT + 4 or answer[4] != _BY_FAMILY:
        return None
    return int.from_bytes(answer[_OWNER_AT : _OWNER_AT + 4], sys.byteorder)


def find_owners(
    peer: SocketAddress, here: SocketAddress, table: Path = _TABLE
) -> set[int]:
    """Look the users of a connection up in the table of all, which may not be there.

    It has a line for each end, addresses in hexadecimal in the order of the machine's
    bytes.
    """
    try:
        lines = table.read_text(encoding="ascii").splitlines()
    except OSError:
        return set()
    wanted = [_hex(peer), _hex(here)]
    rows = [line.split() for line in lines]
    return {int(row[_UID]) for row in rows if row[1:3] == wanted}


def _hex(address: SocketAddress) -> str:
    ip = int.from_bytes(socket.inet_aton(address[0]), sys.byteorder)
    return f"{ip:08X}:{address[1]:04X}"
