"""Rule files as text that forms, tables, spreadsheets and people change piece by piece, without losing a letter."""
