"""One training as its readers see it: state, progress, what is still needed, award and statements."""
