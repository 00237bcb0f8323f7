"""What is stored, for other programs: JSON Lines, CSV, Parquet, WARC."""
