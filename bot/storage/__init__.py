"""All SQL lives here: tables, migrations, and one module of statements per noun.

Functions take a `Tx` (one unit of work, see `store`) and return frozen values; row classes stay inside.
"""
