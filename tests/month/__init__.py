"""A simulated month of feeds with different habits: what visiting them costs, and what is missed."""
