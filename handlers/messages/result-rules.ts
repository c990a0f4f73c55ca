import type { z } from 'zod';
import { admitReturns, admitWeights } from '../../domain/allocation/imported/admission.ts';
import { joinPath } from '../../domain/manifest/json-positions.ts';
import { parseDay } from '../../domain/returns/days.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { limits } from '../../domain/shared/limits.ts';
import { isReferenced, type ResultProfile, type SleeveResult, sleeveResultSchema } from './sleeve-result.ts';
import { refuseMessage } from './strict-json.ts';

function assertProfiles(profiles: readonly ResultProfile[], asOf: string, rules: number): void {
  const seen = new Set<string>();
  let cells = 0;
  for (const [index, { risk, weights, returns }] of profiles.entries()) {
    const path = `profiles[${index}]`;
    if (seen.has(risk)) refuseMessage(`${risk} appears twice`, `${path}.risk`);
    seen.add(risk);
    if (weights !== null) admitWeights(weights, `${path}.weights`, refuseMessage, rules);
    if (isReferenced(returns)) continue;
    admitReturns(returns, asOf, `${path}.returns`, refuseMessage);
    cells += returns.values.length;
  }
  if (cells > limits.messageReturnCellsMax)
    refuseMessage(`${cells} returns inline, at most ${limits.messageReturnCellsMax}; larger ones go by artifact reference`, 'profiles');
}

/** The problem to report: of a choice of forms, that of the form which went furthest before it failed. */
function problemIn(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[] = [],
): { readonly message: string; readonly path: readonly PropertyKey[] } {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return { message: issue.message, path };
  const deepest = issue.errors
    .flatMap((form) => form.slice(0, 1))
    .reduce<z.core.$ZodIssue | null>((best, form) => (best === null || form.path.length > best.path.length ? form : best), null);
  return deepest === null ? { message: issue.message, path } : problemIn(deepest, path);
}

/** Reads and checks the data of a sleeve result under a version of the rules. Errors: MessageInvalid with the path; ExchangeUnknown. */
export function readSleeveResult(data: unknown, rules: number = rulesInForce): SleeveResult {
  const parsed = sleeveResultSchema.safeParse(data);
  if (!parsed.success) {
    const { message, path } = problemIn(parsed.error.issues[0]!);
    return refuseMessage(message, joinPath(path));
  }
  const result = parsed.data;
  if (parseDay(result.asOf) === null) refuseMessage(`${result.asOf} is not a date`, 'asOf');
  assertProfiles(result.profiles, result.asOf, rules);
  return result;
}

/** Inline returns as a series. */
export function inlineSeries(returns: { readonly dates: readonly string[]; readonly values: readonly number[] }): ReturnSeries {
  return { dates: returns.dates, values: Float64Array.from(returns.values) };
}
