"""An invented town on this machine: the sandbox, a desk, and people in it. For the browser, for stories, for tests."""
