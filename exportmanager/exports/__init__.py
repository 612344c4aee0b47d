"""Ways out: one file per kind of export, found by looking in this folder."""
