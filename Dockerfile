# Every command, without Node on the machine: docs/operations.md, "In a container". What is not committed stays out (.dockerignore).
FROM node:22-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /roster
COPY --chown=node:node package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && chown node:node /roster
COPY --chown=node:node . .
USER node
ENTRYPOINT ["npm", "run", "--silent"]
CMD ["check"]
