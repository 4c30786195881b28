"""What a poll costs, beside a peer, in one run on one site: `make bench`."""
