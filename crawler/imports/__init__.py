"""Articles from files: WARC, HTML, JSON Lines, through the same transaction as a crawl."""
