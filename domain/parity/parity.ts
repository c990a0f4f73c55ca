import { canonicalJson, type Json } from '../shared/canonical-json.ts';
import { invariant } from '../shared/errors.ts';
import { byCodeUnits, sortedBy } from '../shared/order.ts';
import {
  blockOf,
  comparedBlocks,
  groupOf,
  type LeafValues,
  namedPaths,
  selectionModeInForce,
  temporalIdParts,
  temporalIdPath,
} from './policy.ts';
import { countsOf, overlapBy, overlapOf } from './counts.ts';
import { comparedLeaves } from './leaves.ts';
import type {
  MandateFinding,
  ParityException,
  ParityLeaf,
  ParityMandate,
  ParityPolicy,
  ParityVerdict,
  RequiredEvidence,
} from './schema.ts';

export interface ParitySleeve {
  /** Unique among the sleeves compared: a path such as `crypto_branch/long` below nested portfolios. */
  readonly id: string;
  readonly calendarClass: 'crypto' | 'tradfi';
  /** By dotted path; what parity does not compare is ignored. */
  readonly leaves: LeafValues;
  /** The selection mode in force, when known better than the leaves say. */
  readonly selectionMode?: string;
}

type PlainJson = ParityMandate['value'];

function textOf(sleeve: ParitySleeve, path: string): string | null {
  return Object.hasOwn(sleeve.leaves, path) ? canonicalJson(sleeve.leaves[path]) : null;
}

function appliesTo(exception: ParityException, sleeve: ParitySleeve): boolean {
  return 'sleeve' in exception ? exception.sleeve === sleeve.id : exception.calendar === sleeve.calendarClass;
}

function valuesAt(sleeves: readonly ParitySleeve[], path: string): Record<string, PlainJson> {
  return Object.fromEntries(
    sleeves.filter(({ leaves }) => Object.hasOwn(leaves, path)).map(({ id, leaves }) => [id, leaves[path] as PlainJson]),
  );
}

/**
 * A leaf at which not all sleeves agree is excepted when every sleeve either takes an exception's very value or belongs to the
 * rest, the rest agree among themselves, and they have the value that the exceptions taken say the rest should have.
 */
function judgeDifference(
  sleeves: readonly ParitySleeve[],
  path: string,
  exceptions: readonly ParityException[],
): Pick<ParityLeaf, 'status' | 'exceptionRef' | 'wrongException'> {
  const speaking = [...exceptions.entries()].filter(
    ([, exception]) => exception.path === path && sleeves.some((sleeve) => appliesTo(exception, sleeve)),
  );
  const taken = (sleeve: ParitySleeve): (readonly [number, ParityException])[] =>
    speaking.filter(([, exception]) => appliesTo(exception, sleeve) && canonicalJson(exception.value) === textOf(sleeve, path));
  const takers = sleeves.filter((sleeve) => taken(sleeve).length > 0);
  const rest = new Set(sleeves.filter((sleeve) => taken(sleeve).length === 0).map((sleeve) => textOf(sleeve, path)));
  const restText = rest.size === 1 ? [...rest][0]! : null;
  const fits = ([, exception]: readonly [number, ParityException]): boolean =>
    exception.reference_value === undefined || rest.size === 0 || canonicalJson(exception.reference_value) === restText;
  const restAgrees = rest.size === 0 || (rest.size === 1 && restText !== null);
  if (takers.length > 0 && restAgrees && takers.every((sleeve) => taken(sleeve).some(fits))) {
    return { status: 'excepted', exceptionRef: taken(sortedBy(takers, ({ id }) => id)[0]!).find(fits)![0], wrongException: false };
  }
  const exceptionRef = speaking[0]?.[0] ?? null;
  if (sleeves.some((sleeve) => textOf(sleeve, path) === null)) return { status: 'absent_in_some', exceptionRef, wrongException: false };
  const untaken = sleeves.some((sleeve) => !takers.includes(sleeve) && speaking.some(([, exception]) => appliesTo(exception, sleeve)));
  return { status: 'violated', exceptionRef, wrongException: untaken || (takers.length > 0 && restAgrees) };
}

function judgeLeaf(sleeves: readonly ParitySleeve[], path: string, exceptions: readonly ParityException[]): ParityLeaf {
  const texts = new Set(sleeves.map((sleeve) => textOf(sleeve, path)));
  const leaf = { path, block: blockOf(path), group: groupOf(path), values: valuesAt(sleeves, path) };
  if (texts.size > 1) return { ...leaf, ...judgeDifference(sleeves, path, exceptions) };
  return {
    ...leaf,
    status: texts.size === 0 || texts.has(null) ? 'absent_everywhere' : 'equal',
    exceptionRef: null,
    wrongException: false,
  };
}

/** The temporal id differs because its parts do: it is excepted when every part that differs is. */
function excuseTemporalId(leaves: readonly ParityLeaf[]): ParityLeaf[] {
  return leaves.map((leaf) => {
    if (leaf.path !== temporalIdPath || leaf.status !== 'violated') return leaf;
    const differing = leaves.filter(
      ({ path, status }) => temporalIdParts.includes(path) && status !== 'equal' && status !== 'absent_everywhere',
    );
    const excused = differing.length > 0 && differing.every(({ status }) => status === 'excepted');
    return excused ? { ...leaf, status: 'excepted', exceptionRef: differing[0]!.exceptionRef } : leaf;
  });
}

function mandateValue(sleeve: ParitySleeve, path: string): Json | undefined {
  if (path !== selectionModeInForce) return Object.hasOwn(sleeve.leaves, path) ? sleeve.leaves[path] : undefined;
  return sleeve.selectionMode ?? sleeve.leaves['features.selection_mode'] ?? sleeve.leaves['selection.selection_mode'];
}

function judgeMandate(
  sleeves: readonly ParitySleeve[],
  { path, value: mandated }: ParityMandate,
  exceptions: readonly ParityException[],
): MandateFinding {
  const values: Record<string, PlainJson> = {};
  const deviating: string[] = [];
  let excepted = false;
  for (const sleeve of sleeves) {
    const value = mandateValue(sleeve, path);
    if (value !== undefined) values[sleeve.id] = value as PlainJson;
    const text = value === undefined ? null : canonicalJson(value);
    if (text === canonicalJson(mandated)) continue;
    const allowed = exceptions.some(
      (exception) => exception.path === path && appliesTo(exception, sleeve) && canonicalJson(exception.value) === text,
    );
    if (allowed) excepted = true;
    else deviating.push(sleeve.id);
  }
  if (Object.keys(values).length === 0) return { path, mandated, values, status: 'absent', deviating };
  return { path, mandated, values, status: deviating.length > 0 ? 'deviates' : excepted ? 'excepted' : 'met', deviating };
}

function hasEvidence(sleeve: ParitySleeve, { path, anyOf }: RequiredEvidence): boolean {
  if (path === selectionModeInForce && sleeve.selectionMode !== undefined) return true;
  return anyOf.some((leaf) => Object.hasOwn(sleeve.leaves, leaf));
}

function missingEvidence(sleeves: readonly ParitySleeve[], required: readonly RequiredEvidence[]): ParityVerdict['missing'] {
  return required.flatMap((evidence) => {
    const without = sleeves.filter((sleeve) => !hasEvidence(sleeve, evidence)).map(({ id }) => id);
    return without.length === 0 ? [] : [{ path: evidence.path, sleeves: without }];
  });
}

/**
 * A difference that was seen outweighs evidence that is missing. A leaf that some sleeves lack is missing evidence where it is required;
 * the temporal id is absent because its parts are.
 */
function verdictOf(
  compared: readonly ParityLeaf[],
  inBlocks: readonly ParityLeaf[],
  missing: ParityVerdict['missing'],
  { required }: ParityPolicy,
): ParityVerdict['verdict'] {
  const unstated = required.filter(({ path }) => missing.some((evidence) => evidence.path === path));
  const lacking = new Set(unstated.length === 0 ? [] : [temporalIdPath, ...unstated.flatMap(({ anyOf }) => anyOf)]);
  const differs = compared.some(({ path, status }) => status === 'violated' || (status === 'absent_in_some' && !lacking.has(path)));
  if (differs) return 'NON_CONFORMANT';
  if (unstated.length > 0) return 'UNKNOWN';
  if (inBlocks.length === 0) return 'NON_CONFORMANT';
  return compared.some(({ status }) => status === 'excepted') ? 'CONFORMANT_WITH_EXCEPTIONS' : 'CONFORMANT';
}

/**
 * Compares the sleeves leaf by leaf. Two findings stand apart: that the sleeves differ, and that they differ from the values of the
 * specification; only the first rejects, unless the mandate is enforced. Nothing compared, or too little stated to compare, is never a
 * pass. The result is the same in
 * whatever order the sleeves come. Rules: docs/explanation/parity.md.
 */
export function checkParity(input: { readonly sleeves: readonly ParitySleeve[]; readonly policy: ParityPolicy }): ParityVerdict {
  const { policy } = input;
  const sleeves = sortedBy(input.sleeves, ({ id }) => id).map((sleeve) => ({ ...sleeve, leaves: comparedLeaves(sleeve.leaves) }));
  invariant(new Set(sleeves.map(({ id }) => id)).size === sleeves.length, 'two sleeves compared have one id', {
    ids: sleeves.map(({ id }) => id),
  });
  const paths = [...new Set([...namedPaths, ...sleeves.flatMap(({ leaves }) => Object.keys(leaves))])].toSorted(byCodeUnits);
  const leaves = excuseTemporalId(paths.map((path) => judgeLeaf(sleeves, path, policy.exceptions)));
  const compared = leaves.filter(({ status }) => status !== 'absent_everywhere');
  const inBlocks = compared.filter(({ block }) => (comparedBlocks as readonly string[]).includes(block));
  const mandated = policy.mandated.map((mandate) => judgeMandate(sleeves, mandate, policy.exceptions));
  const unequal = compared.filter(({ status }) => status === 'violated' || status === 'absent_in_some').map(({ path }) => path);
  const enforced =
    policy.mandate === 'enforce'
      ? mandated.filter(({ status }) => status === 'deviates' || status === 'absent').map(({ path }) => `mandate:${path}`)
      : [];
  const missing = missingEvidence(sleeves, policy.required);
  const verdict = verdictOf(compared, inBlocks, missing, policy);
  return {
    policy,
    sleeves: sleeves.map(({ id, calendarClass }) => ({ id, calendarClass })),
    verdict,
    rejects: verdict === 'NON_CONFORMANT' || verdict === 'UNKNOWN' || enforced.length > 0,
    rejectedPaths: [...new Set([...unequal, ...missing.map(({ path }) => path), ...enforced])],
    missing,
    overlap: {
      all: overlapOf(compared),
      byBlock: overlapBy(compared, ({ block }) => block),
      byGroup: overlapBy(compared, ({ group }) => group),
    },
    counts: { all: countsOf(compared), blocks: countsOf(inBlocks), absentEverywhere: leaves.length - compared.length },
    leaves,
    mandated,
  };
}
