"""Controls that the pages share."""
