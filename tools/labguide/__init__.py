"""labguide: lab guides, decks and notebooks whose code is always run."""

__version__ = "0.1.0"
