# Two stages: the first installs what requirements.lock names, the second holds the result and nothing else.

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /venv
COPY requirements.lock ./
RUN pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check \
    --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY storage storage
COPY watcher watcher
RUN pip wheel --no-cache-dir --disable-pip-version-check --no-deps --wheel-dir /wheel . \
    && pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check --no-deps /wheel/*.whl \
    && /venv/bin/city-watcher topics judge < /dev/null # keeps the compiled rules

FROM python:3.13-slim
LABEL org.opencontainers.image.title="city-exchange-watcher" \
      org.opencontainers.image.description="Watches news feeds for city-to-city exchange and mails a daily digest." \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 watcher \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /data \
       --shell /usr/sbin/nologin watcher \
    && install --directory --owner watcher --group watcher --mode 0700 /data
COPY --from=build /venv /venv
ENV PATH="/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    CITY_WATCHER_DATABASE="sqlite:////data/watcher.db" \
    CITY_WATCHER_DIGEST__FOLDER="/data/digests"

# From here ./config is /config: your own files when you mount them, else the copy inside the package.
WORKDIR /
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=10s --start-period=1m --retries=3 CMD ["city-watcher", "healthcheck"]
ENTRYPOINT ["city-watcher"]
CMD ["run"]
