"""Every command, hung onto the application in the order that help shows."""

from __future__ import annotations

import typer

from crawler.cli import alerts, articles, backfill, batch, db, sources, stories, themes
from crawler.cli.crawling import crawl, deliver, run
from crawler.cli.diff import diff
from crawler.cli.doctor import doctor
from crawler.cli.extract import extract
from crawler.cli.first import demo, init
from crawler.cli.imports import import_
from crawler.cli.reextract import reextract
from crawler.cli.status import status


def register(app: typer.Typer) -> None:
    """Add every command to *app*."""
    app.command(short_help="Write a configuration that works as it stands.")(init)
    app.command(short_help="Watch the whole job in a minute; no network needed.")(demo)
    app.command(short_help="Check everything that can be wrong.")(doctor)
    app.command(short_help="Crawl now, once, and send what there is to tell.")(crawl)
    app.command(short_help="Run the background service.")(run)
    app.command(short_help="Send what is due in the outbox, once.")(deliver)
    app.command(short_help="Show sources, outbox and service at a glance.")(status)
    app.add_typer(backfill.group, name="backfill")
    app.command("import", short_help="Bring in articles from files.")(import_)
    app.command(short_help="Read stored captures anew.")(reextract)
    app.add_typer(articles.group, name="articles")
    app.add_typer(stories.group, name="stories")
    app.add_typer(sources.group, name="sources")
    app.add_typer(themes.group, name="themes")
    app.add_typer(alerts.group, name="alerts")
    app.command(short_help="Show what extraction sees in pages.")(extract)
    app.command(short_help="Show what separates two versions.")(diff)
    app.add_typer(db.group, name="db")
    app.command("nursery", hidden=True)(batch.nursery)
