"""Time and chance, which the caller gives: nothing here looks at a clock or draws."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]  # the time now, in UTC
Token = Callable[[int], bytes]  # so many random bytes
