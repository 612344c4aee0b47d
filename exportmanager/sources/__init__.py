"""Where courses come from: one file per place, found by looking in this folder."""
