import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { serveJobs } from '../../../infra/workers/serve.ts';
import { sampleJobs } from './jobs.ts';

/** The thread of a pool that runs the sample jobs. */
export default serveJobs(sampleJobs, { sha256: createNodeCrypto().sha256 });
