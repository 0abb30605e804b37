"""Where time and memory go: profiles to the line, as data and as HTML that survives export."""
