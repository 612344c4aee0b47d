"""Work off the window's thread: a queue of exports, questions to the library, upkeep."""
