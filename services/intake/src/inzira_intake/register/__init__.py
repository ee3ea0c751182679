"""Registers kept by hand: reading one workbook and saying, row by row, what it becomes."""
