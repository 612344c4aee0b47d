"""What a teacher downloaded, on its way in: recognised, matched with what is known, planned, and read."""
