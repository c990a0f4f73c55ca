import { createHash } from 'node:crypto';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { FileKind, FileReader } from '../../../infra/parsing/messages.ts';
import { serveParsing } from '../../../infra/parsing/serve.ts';

const kept: unknown[] = [];

/** Readers that do what a bomb would make a parser do. */
const readers: Readonly<Record<string, FileReader>> = {
  digest: (bytes: Uint8Array) => ({ length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }),
  asked: (_: Uint8Array, file: string, asked: unknown) => ({ file, asked }),
  process: () => ({ pid: process.pid, environment: Object.keys(process.env) }),
  columns: () => ({
    names: ['a', 'b', 'c'],
    values: [Float64Array.of(1, Number.NaN), async () => Float64Array.of(2)],
    nothing: null,
    list: [1, 2],
  }),
  refusal: (_: Uint8Array, file: string) => {
    throw new LedgerError('PriceFileUnreadable', `${file}, line 7: no`, { evidence: { column: 'X:A' }, at: { file, line: 7 } });
  },
  failure: () => {
    throw new TypeError('a fault of the reader');
  },
  buffers: () => {
    for (let at = 0; at < 2_000; at++) kept.push(new Float64Array(131_072).fill(1.5));
    return null;
  },
  oneBuffer: () => new Uint8Array(2_000_000_000).fill(1),
  heap: () => {
    for (;;) kept.push({ at: [kept.length, String(kept.length)] });
  },
  loop: () => {
    for (;;);
  },
  end: () => process.exit(3),
};

/** So much time of the processor that it is memory, or the deadline, which ends them; `busy` has what any file has. */
const plenty = 1e12;
const kinds = Object.entries({ ...readers, busy: readers['loop']! }).map(([name, reader]): [string, FileKind] => [
  name,
  { load: async () => reader, msPerMebibyte: name === 'busy' ? 0 : plenty },
]);
await serveParsing(Object.fromEntries(kinds));
