"""Which addresses are this machine's own, though the whole world may reach them.

What listens on all interfaces of a machine with a public address is often meant for
that machine alone.  A site that names its visitor's address, which it knows, would
lead a capture there.
"""

import socket
from typing import Final

# For documents (RFC 5737, RFC 3849), so no machine's.
_NOBODYS: Final = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}


def is_own(ip: str) -> bool:
    """Tell whether ``ip`` is an address of this machine; nothing is sent.

    Only such an address can be bound.  Where the system lets anybody bind any, nothing
    is known of it, and the answer is no.
    """
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    return _binds(family, ip) and not _binds(family, _NOBODYS[family])


def _binds(family: socket.AddressFamily, ip: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind((ip, 0))
    except OSError:
        return False
    return True
