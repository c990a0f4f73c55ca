import { inputOf, isKept, type JobParts, keyOf, type Recipe } from '../../domain/jobs/recipe.ts';
import { tableAsMatrix } from '../../domain/returns/dated-tables.ts';
import { type DatedTable, parseTableText } from '../../domain/returns/table-text.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { firstDifference } from '../../domain/shared/same-bits.ts';
import type { KeptAnswer, Ports } from '../ports/ports.ts';

export interface VerifyCache {
  /** How many answers are computed again; all when there are no more. */
  readonly sample: number;
  /** Says which: the same seed picks the same among the same answers. */
  readonly seed: string;
  readonly signal?: AbortSignal;
}

export type CheckedAnswer = Pick<KeptAnswer, 'key' | 'job'> &
  (
    | { readonly outcome: 'same' }
    /** Another answer than the one that is kept; `path` leads to the first member that differs. */
    | { readonly outcome: 'differs'; readonly path: string }
    | { readonly outcome: 'damaged'; readonly why: string }
    /** It cannot be computed again here, and is not used here either. */
    | { readonly outcome: 'passed over'; readonly why: string }
  );

export interface CacheVerification {
  readonly folder: string | null;
  readonly answers: number;
  readonly seed: string;
  readonly checked: readonly CheckedAnswer[];
}

type Tools = Pick<Ports, 'cache' | 'compute' | 'crypto'>;

/** An order by chance, the same for the same seed: by the hash of seed and key. */
function sampled({ crypto }: Tools, answers: readonly KeptAnswer[], { sample, seed }: VerifyCache): KeptAnswer[] {
  const encoder = new TextEncoder();
  const drawn = answers.map((answer) => ({ answer, lot: crypto.sha256Hex(encoder.encode(`${seed} ${answer.key}`)) }));
  return drawn
    .toSorted((left, right) => byCodeUnits(left.lot, right.lot))
    .slice(0, sample)
    .map(({ answer }) => answer);
}

/** The input of a recipe, or the address of a table that is gone. */
async function partsKept(cache: Tools['cache'], { data, tables, settings }: Recipe): Promise<JobParts | { readonly missing: string }> {
  const named = new Map<string | null, DatedTable>();
  for (const [member, address] of [[null, data] as const, ...Object.entries(tables)]) {
    const text = await cache.table(address);
    if (text === null) return { missing: address };
    named.set(member, parseTableText(new TextDecoder().decode(text)));
  }
  const matrix = tableAsMatrix(named.get(null)!);
  return { matrix, tables: Object.fromEntries(Object.keys(tables).map((member) => [member, named.get(member)!])), settings };
}

async function computedAgain(
  { cache, compute }: Tools,
  recipe: Recipe,
  kept: unknown,
  signal: AbortSignal | null,
): Promise<
  | { readonly outcome: 'same' }
  | { readonly outcome: 'differs'; readonly path: string }
  | { readonly outcome: 'passed over'; readonly why: string }
> {
  const { job } = recipe;
  if (!isKept(job)) return { outcome: 'passed over', why: `this build has no computation ${job}` };
  if (recipe.engine !== cache.engine()) return { outcome: 'passed over', why: `another build computed it: ${recipe.engine}` };
  const parts = await partsKept(cache, recipe);
  if ('missing' in parts) return { outcome: 'passed over', why: `a table of it is not in the cache any more: ${parts.missing}` };
  const difference = firstDifference(kept, await compute.run(job, inputOf(job, parts), { signal }));
  return difference === null ? { outcome: 'same' } : { outcome: 'differs', path: difference.join('.') };
}

async function check(tools: Tools, { job, key }: KeptAnswer, signal: AbortSignal | null): Promise<CheckedAnswer> {
  const found = await tools.cache.read(job, key);
  if (found.kind === 'damaged') return { job, key, outcome: 'damaged', why: found.why };
  if (found.kind === 'nothing') return { job, key, outcome: 'passed over', why: 'another version of Node wrote it, or it is gone' };
  if (keyOf(tools.crypto.sha256, found.recipe) !== key || found.recipe.job !== job)
    return { job, key, outcome: 'damaged', why: 'its recipe is not the one that it is named by' };
  return { job, key, ...(await computedAgain(tools, found.recipe, found.answer, signal)) };
}

/**
 * Computes some of the kept answers again and compares them, every number to its bits. Nothing is changed. Errors: FileUnreadable,
 * Interrupted, WorkerLost.
 */
export async function verifyCache(tools: Tools, command: VerifyCache): Promise<CacheVerification> {
  const { folder, answers } = await tools.cache.size();
  const checked: CheckedAnswer[] = [];
  for (const answer of sampled(tools, answers, command)) checked.push(await check(tools, answer, command.signal ?? null));
  return { folder, answers: answers.length, seed: command.seed, checked };
}
