"""What several exports are made of."""
