"""The soak: a month of feeds, kills, outages and clock steps in minutes, and a ledger of what came of it."""
