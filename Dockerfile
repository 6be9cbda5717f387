# The API and the worker: the same image, another command.
FROM node:20-slim AS pages
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=optional --omit=dev --no-audit --no-fund

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 perceel
WORKDIR /srv/perceel
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY api api
COPY search search
COPY importers importers
COPY --from=pages /build/node_modules node_modules
USER perceel
ENV PICCOLO_CONF=api.piccolo_conf PYTHONUNBUFFERED=1 HOST=0.0.0.0
EXPOSE 8000
CMD ["python", "-m", "importers", "serve"]
