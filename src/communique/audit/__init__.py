"""The audit: errors planted in a copy of the gold, what a reader and the checks find of them, and what that says of the errors
that are left."""
