import type { EventData } from '../../domain/catalogue.ts';
import { sampleDocument } from './portfolio-events.ts';

/** The opening of a meta run of the desk over one run of the bonds. */
export const metaOpened = (runId: string, change: Partial<EventData<'MetaRunOpened'>> = {}): EventData<'MetaRunOpened'> => ({
  runId,
  meta: 'desk',
  profile: 'desk',
  asOf: '2024-03-01',
  rules: 3,
  definition: sampleDocument,
  options: { risks: ['hrp'], risksFrom: 'flag', join: null, projection: null, proxies: {}, asOf: null },
  maxStalenessSessions: 3,
  consumed: [
    {
      path: ['bonds'],
      sleeve: 'bonds',
      profile: 'bonds',
      runId: 'p1',
      asOf: '2024-01-10',
      correction: 0,
      eligibility: 'CERTIFIED',
      stalenessSessions: 0,
      currency: 'USD',
      currencyTreatment: null,
      artifacts: [],
    },
  ],
  waivers: [],
  restatement: 0,
  supersedes: null,
  why: null,
  ...change,
});
