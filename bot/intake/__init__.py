"""Designs in: read a campaign's folder or zip, check all of it, clean its photos. No SQL."""
