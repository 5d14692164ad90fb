"""OpenDocument texts, spreadsheets and presentations (.odt, .ods, .odp)."""
