"""What the reports of all studies share."""
