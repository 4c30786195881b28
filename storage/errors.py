"""What can go wrong with the database; apart from faults.py, so that who waits for no database loads no driver."""


class StorageError(Exception):
    """Say in one sentence what is wrong with the database and how to cure it; ends with exit code 2."""


class DamageError(StorageError):
    """Tell of a database that a backup alone can cure, though some of what is asked of it may still work."""
