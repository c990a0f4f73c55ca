/** Computes a little in threads and ends without closing them, or with: `compute-and-end.ts close|leave`. */
import { sampleCompute } from './pools.ts';

const compute = sampleCompute(2);
const threads = await Promise.all([1, 2, 3].map(() => compute.run('thread', { holdMs: 10 })));
if (process.argv[2] === 'close') await compute.close();
process.stdout.write(`${new Set(threads).size}\n`);
