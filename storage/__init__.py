"""What is remembered: tables, queries and the one transaction."""
