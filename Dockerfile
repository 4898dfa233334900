# The suite by itself: amicale run, check, migrate … (`docker run IMAGE check`).
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    # matplotlib keeps its list of fonts where this user may write
    MPLCONFIGDIR=/tmp/matplotlib

WORKDIR /app

# pg_dump, pg_restore and psql: `amicale backup` and `restore` on PostgreSQL.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*

# Every library by its hash, PostgreSQL's driver among them; before the code, which changes more.
COPY requirements/run.txt requirements/run.txt
RUN python -m pip install --disable-pip-version-check --require-hashes -r requirements/run.txt

COPY core core
COPY rituals rituals
COPY config config
COPY bots bots

# Nobody in particular, who may write in one folder only: a SQLite file would stand there.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin amicale \
    && install -d -o amicale -g amicale data
USER amicale
VOLUME /app/data

# `run` ends by itself on SIGTERM, with what is in hand done: at most 10 s.
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bots"]
CMD ["run"]
