"""The demo: the whole day on this machine, without the internet, from sample feeds that we invented."""
