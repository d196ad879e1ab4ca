"""Planned against actual: reads what the time tracker saved, and says what it means for the next plan.

A command does three things, `labguide schedule NAME --actual FILE [FILE...]`:

    actuals = [actual.read(path, schedule, problems) for path in paths]      # None where a file is of no use
    comparison = actual.compare(schedule, [each for each in actuals if each], problems)
    print(actual.table(comparison), end="")

All minutes are without pauses. What cannot be read is a problem of the file (`bad-actual`), which is then left out as
a whole: half of a class would be compared as if it were one.
"""

from labguide.schedule.actual.comparison import Comparison, Row, compare, suggest
from labguide.schedule.actual.reading import read
from labguide.schedule.actual.table import table
from labguide.schedule.actual.values import FORMAT, Actual, Taken

__all__ = ["FORMAT", "Actual", "Comparison", "Row", "Taken", "compare", "read", "suggest", "table"]
