"""Hosts render what labguide wove: each takes a finished site and a folder. A host is a room here.

command line ──▶ site.build ──▶ host ──▶ folder, put in the place of the published site when nothing is wrong
"""
