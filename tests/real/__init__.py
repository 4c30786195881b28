"""`make check-real`: a folder of real documents, served on loopback and polled as a new user would."""
