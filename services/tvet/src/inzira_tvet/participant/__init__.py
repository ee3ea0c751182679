"""The little this service keeps of a person: that they exist, where they are held, and until when."""
