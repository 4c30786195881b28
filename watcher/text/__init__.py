"""Text: made plain, folded for comparing, cut into words for searching. Pure."""
