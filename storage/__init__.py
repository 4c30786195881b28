"""What the watcher remembers: feeds, visits, items, digests, deliveries. Imports nothing from `watcher`."""
