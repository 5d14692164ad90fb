"""What hosts of the app need."""
