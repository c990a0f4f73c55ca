import type { Resource } from '../endpoint.ts';
import { evidence } from './evidence.ts';
import { intake } from './intake.ts';
import { operations } from './operations.ts';
import { portfolios } from './portfolios.ts';
import { runs } from './runs.ts';

/** Everything that the API offers, in the order of its document. */
export const resources: readonly Resource[] = [portfolios, runs, evidence, operations, intake];
