/** A thread that does the jobs of the program, and ends in the middle of a walk-forward unless a file is there, which it makes before. */
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobs } from '../../../domain/jobs/jobs.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { serveJobs } from '../../../infra/workers/serve.ts';

/** Threads share the process of their test. */
const file = join(tmpdir(), `dying-backtest-thread-${process.pid}`);

const dying = {
  ...jobs,
  'backtest-sleeve': (job: Parameters<(typeof jobs)['backtest-sleeve']>[0]) => {
    if (!existsSync(file)) {
      writeFileSync(file, '');
      process.exit(3);
    }
    return jobs['backtest-sleeve'](job);
  },
};

export default serveJobs(dying, { sha256: createNodeCrypto().sha256 });
