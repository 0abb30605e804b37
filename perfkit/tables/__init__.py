"""Pages of words to rows of a table: headings, columns, rows, and what joins them over pages."""
