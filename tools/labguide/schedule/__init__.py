"""A lesson plan, read into a schedule: who does what, when, for how long."""
