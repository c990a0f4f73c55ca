import type { Resource } from '../endpoint.ts';
import { backtests } from './backtests.ts';
import { combinations } from './combinations.ts';
import { evidence } from './evidence.ts';
import { intake } from './intake.ts';
import { manifest } from './manifest.ts';
import { operations } from './operations.ts';
import { portfolios } from './portfolios.ts';
import { runs } from './runs.ts';
import { scans } from './scans.ts';
import { selections } from './selections.ts';
import { sleeves } from './sleeves.ts';
import { tournaments } from './tournaments.ts';
import { trades } from './trades.ts';

/** Everything that the API offers, in the order of its document. */
export const resources: readonly Resource[] = [
  portfolios,
  trades,
  sleeves,
  runs,
  backtests,
  tournaments,
  combinations,
  selections,
  scans,
  evidence,
  operations,
  manifest,
  intake,
];
