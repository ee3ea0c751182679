"""Who was there: marks per session, corrected only by superseding."""
