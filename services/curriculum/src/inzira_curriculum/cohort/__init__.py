"""Groups that go through a programme together."""
