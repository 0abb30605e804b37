"""Google Document AI as a client sees it: page plan, retries, quota, answers and their cost.

Nothing here imports the client library before a request is made.
"""
