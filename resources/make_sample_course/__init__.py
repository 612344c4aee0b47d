"""Makes the sample course: who is in it, what they wrote, when, and how it is packed."""
