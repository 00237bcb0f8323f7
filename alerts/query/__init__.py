"""The query language of themes: tree, reader, printer and checks. See docs/query-language.md."""
