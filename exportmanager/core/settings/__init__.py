"""The settings of a library, declared like options: one file per group of them."""
