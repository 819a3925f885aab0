# Two stages: libraries are installed where pip is, and run where it is not. Not root; state lives in the database and /media.
FROM python:3.11-slim AS libraries
COPY requirements/base.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r base.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app portal && install -d -o portal /media
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PRODUCTION=1 STATE_DIR=/app/var MEDIA_ROOT=/media BIND=0.0.0.0
WORKDIR /app
COPY --from=libraries /venv /venv
COPY . .
RUN SECRET_KEY=only-while-files-are-collected-only-while-files-are-collected ALLOWED_HOSTS=build \
    DATABASE_URL=postgres:///build python manage.py collectstatic --noinput --verbosity 0
USER portal
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import os, urllib.request as u; \
host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('.'); \
u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': host, 'X-Forwarded-Proto': 'https'}), timeout=4)"]
CMD ["gunicorn", "ocop_portal.wsgi"]
