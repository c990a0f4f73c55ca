/**
 * One pass over every event of a ledger in a process of its own, compiled as users run it: `scale-pass.js MODE FILE`. Prints what it
 * came to.
 */
import { openLedger, type OpenLedger } from '../bin/open-ledger.ts';
import { createChainVerifier } from '../domain/audit/chain.ts';
import { examinedKeys } from '../handlers/ledger/keys.ts';
import { leafStreams, RecordedFormat } from '../handlers/ledger/recorded-format.ts';
import { scan } from '../handlers/ledger/verify-scan.ts';
import { pagesAfter } from '../handlers/read-models/leaves.ts';
import { peakMegabytes } from './measure.ts';

export interface Pass {
  readonly events: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

function requireNone(faults: readonly unknown[]): void {
  if (faults.length > 0) throw new Error(`${faults.length} faults, the first ${JSON.stringify(faults[0])}`);
}

const passes = {
  /** Nothing but reading and hashing: what no verification can do without. */
  async bare({ session: { ports } }: OpenLedger): Promise<number> {
    let count = 0;
    for await (const page of pagesAfter(ports.store, null)) {
      for (const { bytes } of page) if (ports.crypto.sha256Hex(bytes).length === 64) count++;
    }
    return count;
  },

  /** The stored bytes: both hashes of every event, its link to the one before, every column. */
  async bytes({ session: { ports } }: OpenLedger): Promise<number> {
    const { crypto, store } = ports;
    const verifier = createChainVerifier({ ...crypto, comparePositions: (left, right) => store.comparePositions(left, right) });
    for await (const page of pagesAfter(store, null)) for (const event of page) requireNone(verifier.check(event));
    return verifier.finish().events;
  },

  /** The same with the tree, the seals and the artifacts that events refer to: the first part of `ledger verify`. */
  async scan({ session: { ports } }: OpenLedger): Promise<number> {
    const { format } = await new RecordedFormat(ports.store).current();
    const found = await scan(ports, { ...(await examinedKeys(ports)), sizes: new Set(), streams: leafStreams(format) });
    requireNone([...found.faults, ...found.sealFaults]);
    return found.events;
  },

  async verify(ledger: OpenLedger): Promise<number> {
    const { events, faults } = await ledger.verify();
    requireNone(faults);
    return events;
  },
};

export type PassMode = keyof typeof passes;

const [mode, file] = process.argv.slice(2) as [PassMode, string];
const ledger = await openLedger({ store: file, actor: 'bench', logLevel: 'silent' });
const started = performance.now();
const events = await passes[mode](ledger);
const pass: Pass = { events, seconds: (performance.now() - started) / 1000, peakMegabytes: peakMegabytes() };
await ledger.close();
process.stdout.write(JSON.stringify(pass));
