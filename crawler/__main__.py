"""`python -m crawler` is `windcatch`."""

from crawler.cli import main

if __name__ == "__main__":
    main()
