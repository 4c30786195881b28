"""The page's safety: what its answers forbid, who may sign in, which requests are refused."""

pytest_plugins = ("web_site",)


def test_every_answer_forbids_scripts_frames_and_other_hosts(page):
    for path in ("/", "/static/style.css", "/nowhere", "/sign-in"):
        headers = page.client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "script-src" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
