import { LedgerError } from '../../domain/shared/errors.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { namedRunId } from '../runs/named-run.ts';

export interface SinceQuestion {
  /** Market time from which on changes are asked for. */
  readonly since: string;
  readonly meta: string | null;
  readonly asOf: string | null;
  readonly knownAt: string | null;
}

/** Two runs to compare, and what they were chosen by. */
export interface RunsSince {
  readonly before: string;
  readonly after: string;
  /** Publications in force where the portfolio published anything by then, else the runs recorded last. */
  readonly by: 'published' | 'latest';
}

/** The runs that stood on a date and stand now. Errors: Usage, RunAmbiguous, NothingRecorded. */
export async function runsSince(ports: TilePorts, { since, meta, asOf, knownAt }: SinceQuestion): Promise<RunsSince> {
  if (asOf !== null && asOf < since)
    throw new LedgerError('Usage', `--since ${since} is after --as-of ${asOf}`, { at: { path: '--since' } });
  const pair = async (by: RunsSince['by']): Promise<RunsSince> => ({
    before: await namedRunId(ports, { runId: by, meta }, { asOf: since, knownAt }, 'meta'),
    after: await namedRunId(ports, { runId: by, meta }, { asOf, knownAt }, 'meta'),
    by,
  });
  try {
    return await pair('published');
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'NothingPublished') throw error;
    return pair('latest');
  }
}
