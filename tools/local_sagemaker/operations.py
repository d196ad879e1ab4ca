"""Every operation that is answered here, by name. All others are moto's, or not there.

A module that answers operations exports `HANDLERS`; it is added to this table. That's it.
"""

from __future__ import annotations

from . import hosting, identity, invoking, notebooks, processing, searching, training, transform, tuning
from .handlers import Handlers

OPERATIONS: Handlers = {
    **training.HANDLERS,
    **processing.HANDLERS,
    **transform.HANDLERS,
    **tuning.HANDLERS,
    **searching.HANDLERS,
    **hosting.HANDLERS,
    **invoking.HANDLERS,
    **notebooks.HANDLERS,
    **identity.HANDLERS,
}
