"""The folder of finished exports: drafts, publishing, expiry, verification."""
