"""What is to be done this week, and how the work is spread over the workers."""
