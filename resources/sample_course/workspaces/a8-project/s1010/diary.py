#!/usr/bin/env python3
"""A weather diary."""
