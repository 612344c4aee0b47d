"""What a teacher looks at afterwards: workspaces wherever they lie, their files for people, and copies to run."""
