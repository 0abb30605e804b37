"""Reading a table: pages of lines to line items, with an account of every word.

The cells decide, headings are evidence, and arithmetic is the judge. In the order of the flow:
``words`` (what a word can be), ``rows`` (which lines begin a row), ``columns`` (where numbers
stand), ``headings`` (what stands over them), ``fields`` (which column is which), ``text``
(descriptions), ``page`` (rows of a page by position, once columns are known), ``facts`` (number,
date, totals), ``ledger`` (what holds and what is left over), ``document`` (pages to documents).
"""
