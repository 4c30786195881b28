"""`make test-browser`: the page in the distribution's own Chromium. No part of `make test`."""
