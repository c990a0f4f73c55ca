import type { Ports } from '../handlers/ports/ports.ts';
import { newestCheckpoint } from '../handlers/queries/checkpoint.ts';
import { portfolioDrift } from '../handlers/queries/drift.ts';
import { portfolioHistory } from '../handlers/queries/portfolio-history.ts';
import type { PublicationsQuestion } from '../handlers/queries/publications.ts';
import { runFacts } from '../handlers/queries/run-facts.ts';
import { listScans, type ScansQuestion } from '../handlers/queries/scans.ts';
import { workerStandings } from '../handlers/queries/workers.ts';
import { sleeveStanding } from '../handlers/queries/sleeves.ts';
import type { AnyRun, RunTime } from '../handlers/runs/named-run.ts';

const now = { asOf: null, knownAt: null } as const;

/** What was recorded of runs, portfolios, sleeves and scans, whole. */
export function recordQuestionsOf(ports: Ports) {
  return {
    /** Everything that a run recorded. */
    runFacts: (run: AnyRun, time: Partial<RunTime> = {}) =>
      runFacts(ports, { ...now, ...time, ...(typeof run === 'string' ? { runId: run } : run) }),
    /** Sleeve and asset weights of every publication. */
    history: (question: Pick<PublicationsQuestion, 'meta'> & Partial<PublicationsQuestion>) =>
      portfolioHistory(ports, { ...now, ...question }),
    /** How far a portfolio has drifted from its publication, by the returns of its sleeves since. */
    drift: (question: Pick<PublicationsQuestion, 'meta'> & Partial<PublicationsQuestion>) => portfolioDrift(ports, { ...now, ...question }),
    /** One sleeve, and the portfolios that have it. */
    sleeve: (sleeve: string, knownAt: string | null = null) => sleeveStanding(ports, { sleeve, knownAt }),
    /** A page of recorded scans. */
    scans: (question: Partial<ScansQuestion> = {}) => listScans(ports, { scanner: null, after: null, maxCount: 100, ...now, ...question }),
    /** How workers stand, by what they say at the addresses of their health. */
    workers: (urls: readonly string[]) => workerStandings(ports, urls),
    /** The newest signed checkpoint. */
    checkpoint: () => newestCheckpoint(ports),
  };
}
