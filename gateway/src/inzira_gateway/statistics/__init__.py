"""Statistics for partners: tables declared beforehand, released once a month, in which nobody small can be found."""
