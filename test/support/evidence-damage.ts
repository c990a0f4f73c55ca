/** Damage by somebody who can write the file: bytes, lines, and whole exports chained again as if nothing had happened. */
import { sealLine } from '../../domain/audit/entry.ts';
import { zeroHash } from '../../domain/shared/hashing.ts';
import { sha256 } from './audit-log.ts';
import { type BundleFiles, type Random, withSums, zipped } from './evidence.ts';

export type Body = Record<string, unknown>;

const pick = (random: Random, limit: number): number => Math.floor(random() * limit);

export const bodiesOf = (log: string): Body[] =>
  log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Body);

/** Chains bodies again; what the trailer counts is made to agree. */
export function chained(bodies: readonly Body[]): string {
  let previous = zeroHash;
  const texts: string[] = [];
  for (const { hash: _, ...body } of bodies) {
    const trailer = body['type'] === 'trailer' ? { lines: texts.length, last_hash: previous } : {};
    const { hash, textWith } = sealLine(sha256, { ...body, prev_hash: previous, ...trailer });
    texts.push(textWith(hash));
    previous = hash;
  }
  return `${texts.join('\n')}\n`;
}

function changedTrailer(log: string, change: (trailer: Body) => Body): string {
  const bodies = bodiesOf(log);
  return chained([...bodies.slice(0, -1), change(bodies.at(-1)!)]);
}

/** Members of format 1 alone. */
export function downgraded({ origin: _o, events: _e, streams: _s, cited: _c, files: _f, signed: _g, ...plain }: Body): Body {
  return { ...plain, format: 1 };
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[pick(random, copy.length)]! ^= 1 << pick(random, 8);
  return copy;
}

const utf8 = new TextEncoder();

/** Of a log, by an attacker who chains it again. `other` is another export of the same kind. */
export function damagedLog(log: string, other: string, random: Random): Uint8Array {
  const bodies = bodiesOf(log);
  const at = pick(random, bodies.length - 1);
  const edited = (change: (body: Body) => Body): string => chained(bodies.with(at, change(bodies[at]!)));
  const kinds: readonly (() => string | Uint8Array)[] = [
    () => log,
    () => log,
    () => flipped(utf8.encode(log), random),
    () => chained(bodies.toSpliced(at, 1)),
    () => chained(bodies.toSpliced(bodies.length - 2, 1)),
    () => chained(bodies.filter(({ stream }) => stream !== bodies[at]!['stream'])),
    () => chained(bodies.filter(({ type }) => type !== bodies[at]!['type'])),
    () => chained([...bodies.slice(0, -1), bodiesOf(other).at(-1)!]),
    () => chained([...bodies.slice(0, -1), bodiesOf(other)[0]!, bodies.at(-1)!]),
    () => edited((body) => ({ ...body, status: 'skipped' })),
    () => edited((body) => ({ ...body, params: { risk: 'hrp' }, step: 'meta_open' })),
    () => edited((body) => ({ ...body, input_hashes: body['output_hashes'], output_hashes: body['input_hashes'] })),
    () => edited((body) => ({ ...body, data: { ...(body['data'] as Body), index: -1 } })),
    () => edited((body) => ({ ...body, position: '12' })),
    () => edited((body) => ({ ...body, position: 12 })),
    () => changedTrailer(log, (trailer) => ({ ...trailer, signed: null })),
    () => changedTrailer(log, downgraded),
    () => changedTrailer(log, (trailer) => ({ ...trailer, events: 3, cited: [] })),
    () => changedTrailer(log, (trailer) => ({ ...trailer, streams: 'all' })),
    () => changedTrailer(log, (trailer) => ({ ...trailer, origin: 'elsewhere' })),
    () => changedTrailer(log, (trailer) => ({ ...trailer, selection: { run: 'zzzz' } })),
    () => changedTrailer(log, (trailer) => ({ ...trailer, signed: bodiesOf(other).at(-1)!['signed'] ?? null })),
    () => changedTrailer(log, (trailer) => ({ ...trailer, files: [{ path: '../up', sha256: zeroHash }] })),
    () => changedTrailer(log, (trailer) => ({ ...trailer, format: 3 })),
    () => log.slice(0, pick(random, log.length)),
    () => log.replace(/"revision":(\d+)/, '"revision":1$1'),
  ];
  const damaged = kinds[pick(random, kinds.length)]!();
  return typeof damaged === 'string' ? utf8.encode(damaged) : damaged;
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Of a bundle: its files, its log, or the archive itself. */
export function damagedBundle(files: BundleFiles, other: BundleFiles, random: Random): Uint8Array {
  const paths = [...files.keys()];
  const path = paths[pick(random, paths.length)]!;
  const artifact = paths.find((name) => name.startsWith('artifacts/')) ?? 'report.md';
  const log = textOf(files.get('audit.jsonl')!);
  const withLog = (text: string | Uint8Array): BundleFiles => files.set('audit.jsonl', typeof text === 'string' ? utf8.encode(text) : text);
  const kinds: readonly (() => Uint8Array)[] = [
    () => zipped(files),
    () => zipped(files, 0),
    () => flipped(zipped(files), random),
    () => flipped(zipped(files, 0), random),
    () => zipped(files).subarray(0, pick(random, 4000)),
    () => Buffer.concat([zipped(files), Buffer.from('behind')]),
    () => zipped(withSums(files.set(path, utf8.encode('changed')))),
    () => zipped(files.set(path, utf8.encode('changed'))),
    () => zipped(withSums(files.set(artifact, utf8.encode('other')).set('report.md', utf8.encode('# Another')))),
    () => (files.delete(path), zipped(files)),
    () => (files.delete(artifact), zipped(withSums(files))),
    () => zipped(withSums(files.set('more.txt', utf8.encode('more')))),
    () => zipped(files.set('../up.txt', utf8.encode('up'))),
    () => zipped(withSums(withLog(damagedLog(log, textOf(other.get('audit.jsonl')!), random)))),
    () => zipped(withSums(withLog(damagedLog(log, textOf(other.get('audit.jsonl')!), random)))),
    () => zipped(withSums(files.set('audit.jsonl', other.get('audit.jsonl')!))),
    () => zipped(withSums(files.set('verifier-key.txt', other.get('verifier-key.txt')!))),
    () => zipped(withSums(withLog(changedTrailer(log, downgraded)))),
    () => zipped(withSums(withLog(changedTrailer(log, (trailer) => ({ ...trailer, files: [] }))))),
    () => zipped(withSums(withLog(changedTrailer(log, (trailer) => ({ ...trailer, files: null }))))),
  ];
  return kinds[pick(random, kinds.length)]!();
}
