# Count down from ten and say "Lift-off!".
