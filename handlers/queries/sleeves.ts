import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import type { Ports } from '../ports/ports.ts';
import { ledgerStatus, type SleeveStatus } from './status.ts';

/** Where a portfolio has a sleeve. */
export interface SleeveUse {
  readonly meta: string;
  readonly path: readonly string[];
  /** The run that it keeps to; null where the newest counts. */
  readonly pinnedRunId: string | null;
}

export interface SleeveStanding {
  readonly sleeve: SleeveStatus;
  readonly usedBy: readonly SleeveUse[];
  readonly position: string | null;
}

/** Where a sleeve stands, and which portfolios have it. Errors: NothingRecorded. */
export async function sleeveStanding(
  ports: Ports,
  { sleeve, knownAt }: { readonly sleeve: string; readonly knownAt: string | null },
): Promise<SleeveStanding> {
  const { sleeves, portfolios, position } = await ledgerStatus(ports, { meta: null, knownAt });
  const found = sleeves.find((one) => one.sleeve === sleeve);
  if (found === undefined) {
    const known = sleeves.map((one) => one.sleeve);
    throw new LedgerError('NothingRecorded', `there is no sleeve ${sleeve}${suggestion(sleeve, known)}`, { at: { path: sleeve } });
  }
  const usedBy = portfolios.flatMap(({ meta, leaves }) =>
    leaves.filter((leaf) => leaf.sleeve === sleeve).map(({ path, pinnedRunId }) => ({ meta, path, pinnedRunId })),
  );
  return { sleeve: found, usedBy, position };
}
