import { jobs } from '../domain/jobs/jobs.ts';
import { createNodeCrypto } from '../infra/crypto/node-crypto.ts';
import { serveJobs } from '../infra/workers/serve.ts';

/** A thread that computes: it does any job of the list. */
export default serveJobs(jobs, { sha256: createNodeCrypto().sha256 });
