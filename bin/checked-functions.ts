/** The computations that scripts call most, each looking at its arguments first: plain JavaScript gets the code Usage, not a TypeError. */
import { z } from 'zod';
import { combinedWeights } from '../domain/combine/combined-weights.ts';
import { simulateWeights as simulate } from '../domain/execution/simulation.ts';
import { parseManifest as parse } from '../domain/manifest/validate.ts';
import { applyOverlays as overlay } from '../domain/overlay/overlays.ts';
import {
  diversificationRatio as ratio,
  effectiveNumber as effective,
  portfolioVolatility as volatility,
} from '../domain/risk/contribution.ts';
import { riskContributions as contributions } from '../domain/risk/contribution.ts';
import { hierarchicalRiskParity as hrp } from '../domain/risk/hierarchical-risk-parity.ts';
import { maxSharpe as sharpe } from '../domain/risk/max-sharpe.ts';
import { minVariance as variance } from '../domain/risk/min-variance.ts';
import { riskParity as parity } from '../domain/risk/risk-parity.ts';
import { checkArguments } from './checked-arguments.ts';

const matrix = z.instanceof(Float64Array, { error: 'a Float64Array, row by row, is wanted' });
const columns = z.array(z.string().min(1));
const table = z.looseObject({
  dates: z.array(z.iso.date()),
  columns,
  values: z.array(z.instanceof(Float64Array, { error: 'a Float64Array for each column is wanted' })),
});
const weights = z.array(z.number());

function checked<Given extends readonly unknown[], Result>(
  name: string,
  schemas: readonly z.ZodType[],
  compute: (...given: Given) => Result,
): (...given: Given) => Result {
  return (...given) => {
    checkArguments(name, schemas, given);
    return compute(...given);
  };
}

export const hierarchicalRiskParity = checked(
  'hierarchicalRiskParity',
  [z.looseObject({ covariance: matrix, correlation: matrix, columns, parameters: z.looseObject({}) })],
  hrp,
);
export const minVariance = checked('minVariance', [z.looseObject({ covariance: matrix, columns, ridge: z.number() })], variance);
export const maxSharpe = checked('maxSharpe', [z.looseObject({ covariance: matrix, columns })], sharpe);
export const riskParity = checked('riskParity', [z.looseObject({ covariance: matrix, columns })], parity);
export const riskContributions = checked('riskContributions', [matrix, weights], contributions);
export const portfolioVolatility = checked('portfolioVolatility', [matrix, weights], volatility);
export const diversificationRatio = checked('diversificationRatio', [matrix, weights], ratio);
export const effectiveNumber = checked('effectiveNumber', [weights], effective);
export const simulateWeights = checked(
  'simulateWeights',
  [z.looseObject({ weights: table, market: z.looseObject({ kind: z.enum(['returns', 'prices']), table }) })],
  simulate,
);
export const applyOverlays = checked(
  'applyOverlays',
  [z.looseObject({ positions: table, prices: table, parameters: z.looseObject({}, 'parameters, as overlaysOf gives them') })],
  overlay,
);
export const parseManifest = checked('parseManifest', [z.string(), z.string().optional()], parse);
const numbers = z.record(z.string(), z.unknown());
export const combine = checked(
  'combine',
  [z.record(z.string(), numbers), numbers, numbers.nullish(), z.looseObject({}).optional()],
  combinedWeights,
);
