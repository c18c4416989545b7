"""The pages, one module for each desk they serve; every form passes the guard."""

from portal.web.pages import (
    accesses,
    bench,
    cases,
    casework,
    citizens,
    counts,
    feeds,
    files,
    glass,
    languages,
    matches,
    operations,
    owners,
    public,
    reports,
    search,
    sections,
    start,
)

routers = (
    start.router,
    public.router,
    feeds.router,
    languages.router,
    citizens.router,
    counts.router,
    reports.router,
    owners.router,  # before the search, whose addresses take any word
    search.router,
    cases.router,
    casework.router,
    bench.router,
    files.router,
    sections.router,
    glass.router,
    matches.router,
    accesses.router,
    operations.router,
)
