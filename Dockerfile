# syntax=docker/dockerfile:1
# Three stages: what is built needs the tools, what runs does not.

FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CHECKPOINT_DISABLE=1
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node scripts/build.mjs

# PostgreSQL has a container of its own: the embedded one is an optional package and stays out.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    SEALDROP_DATA_DIR=/data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist/protocol ./dist/protocol
COPY --from=build /app/dist/server ./dist/server
COPY --from=build /app/dist/site ./dist/site
COPY package.json LICENSE ./
COPY prisma ./prisma
COPY scripts/health.mjs ./scripts/health.mjs
# Holds the set-up link only; compose puts memory there.
RUN install -d -o node -g node -m 0700 /data
USER node
EXPOSE 3000 3001
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD ["node", "scripts/health.mjs"]
CMD ["node", "dist/server/main.js"]
