/** Valid facts of a meta run, as short as their schemas allow. */
import type { EventData } from '../../domain/catalogue.ts';
import { sampleDocument } from './portfolio-events.ts';

const risk = 'hrp';

export const metaRunFacts = {
  opened: (runId: string, change: Partial<EventData<'MetaRunOpened'>> = {}): EventData<'MetaRunOpened'> => ({
    runId,
    meta: 'desk',
    profile: 'desk',
    asOf: '2024-01-10',
    rules: 3,
    definition: sampleDocument,
    options: { risks: [risk], risksFrom: 'flag', join: null, projection: null, proxies: {}, asOf: null },
    maxStalenessSessions: 5,
    consumed: [
      {
        path: ['bonds'],
        sleeve: 'bonds',
        profile: 'bonds',
        runId: 's1',
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
  }),
  flattened: (meta = 'desk', change: Partial<EventData<'PortfolioFlattened'>> = {}): EventData<'PortfolioFlattened'> => ({
    risk,
    meta,
    weights: { 'NYSE:BBB': 0.25, 'NYSE:AAA': -0.5 },
    gross: 0.75,
    net: -0.25,
    grossBeforeNetting: 0.75,
    grossExpected: 0.75,
    nettedExposure: 0,
    conservationError: 0,
    symbols: 2,
    leafPaths: [],
    nettedSymbols: [],
    portfolio: sampleDocument,
    ...change,
  }),
};
