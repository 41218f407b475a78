"""What the command line does without a display, one module per verb."""
