"""Watch news feeds for city-to-city exchange, keep what matters, mail a daily digest."""

__version__ = "0.1.0"
