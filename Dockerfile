# The image of sleeve-ledger. `docker build -t sleeve-ledger:0.1.0 .`
#
# Built with the whole of Debian, for a native module may have to be compiled; run on the slim one, with no compiler, no development dependency
# and no right to write anything but its folders.
FROM node:22.21.1-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
# What `npm install` compiles: the SIMD kernels.
COPY bin/build-kernels.ts bin/
COPY domain/risk/kernels domain/risk/kernels
# `npm install` leaves the lock file as it is; CONTRIBUTING says why not `npm ci`.
RUN npm install --no-fund --no-audit
COPY tsconfig.json tsconfig.build.json ./
# Names the commit in every event. Outside a clone there is none, and only the licence is copied, for COPY wants something: events say `unknown`.
COPY LICENSE .git* ./.git/
COPY bin bin
COPY domain domain
COPY projections projections
COPY handlers handlers
COPY presentation presentation
COPY infra infra
COPY web web
RUN npm run build && npm prune --omit=dev --no-fund --no-audit

# For the one-shot service that makes certificates.
FROM node:22.21.1-bookworm-slim AS certificates
RUN apt-get update && apt-get install -y --no-install-recommends openssl && rm -rf /var/lib/apt/lists/* \
    && for folder in authority eventstore kafka public; do install -d -o node -g node "/certificates/$folder"; done
COPY deploy/make-certificates.sh /deploy/
USER node
ENTRYPOINT ["/deploy/make-certificates.sh"]
CMD ["/certificates"]

FROM node:22.21.1-bookworm-slim AS ledger
ENV NODE_ENV=production
COPY --from=build /app/package.json /app/package-lock.json /app/
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY LICENSE CHANGELOG.md /app/
COPY docs /app/docs
COPY examples/verify_audit.py examples/run_to_pickles.py /app/examples/
COPY examples/scanners /app/examples/scanners
COPY examples/python /app/examples/python
COPY deploy/make-eventstore-user.mjs deploy/health-check.mjs /app/deploy/
RUN chmod 755 /app/dist/bin/sleeve-ledger.js && ln -s /app/dist/bin/sleeve-ledger.js /usr/local/bin/sleeve-ledger \
    && for folder in /data /keys /witness; do install -d -o node -g node -m 700 "$folder"; done
USER node
WORKDIR /data
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD ["node", "/app/deploy/health-check.mjs"]
ENTRYPOINT ["sleeve-ledger"]
CMD ["--help"]
