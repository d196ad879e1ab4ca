"""What of an output is the run, and what is the result? The one room that answers it.

A recording is written, compared and settled by the same knowledge of the run that made it:

- what is secret is replaced, always: exact strings that the run is known to have been given or to have got, and what
  is secret by its form (`secrets`, `hiding`);
- what belongs to the machine, such as the home folder, is replaced where it is known to the letter (`hiding`);
- all else stays as it was printed. What the run is known to have made, such as times within its own window and ids
  from answers, is told apart only when two runs are compared (`traces`, `sameness`, `settling`).
"""

from __future__ import annotations

from labguide.cleaning.hiding import ACCOUNT, Hider, Known, caller_secrets, known_folders, told
from labguide.cleaning.outputs import AS_IT_IS, Cleaned, Left, clean_run
from labguide.cleaning.sameness import TOLERANCE, Comparison, Rules, Shown, rules_of, shown
from labguide.cleaning.secrets import sure
from labguide.cleaning.settling import rules_for, settle, value_changed

__all__ = [
    "ACCOUNT",
    "AS_IT_IS",
    "TOLERANCE",
    "Cleaned",
    "Comparison",
    "Hider",
    "Known",
    "Left",
    "Rules",
    "Shown",
    "caller_secrets",
    "clean_run",
    "known_folders",
    "rules_for",
    "rules_of",
    "settle",
    "shown",
    "sure",
    "told",
    "value_changed",
]
