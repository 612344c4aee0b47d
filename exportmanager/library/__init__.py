"""Courses kept on this machine: tables, workspace files, the ledger of jobs, settings."""
