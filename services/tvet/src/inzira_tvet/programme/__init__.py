"""Trades, programmes and the rules they are judged by: versioned data, never constants."""
