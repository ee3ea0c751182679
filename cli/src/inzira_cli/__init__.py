"""The operator's command line: start, stop, look, import, replay."""
