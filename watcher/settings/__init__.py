"""Configuration: frozen models of the files in config/."""
