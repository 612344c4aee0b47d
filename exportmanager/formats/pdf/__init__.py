"""Guides as PDF: pages drawn with reportlab in processes of their own, joined with pypdf."""
