"""A whole database in one file, and back: over COPY, with the migrations as its schema."""
