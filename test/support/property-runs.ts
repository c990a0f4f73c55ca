/** How many sequences a property is tried on: few in the suite, as `PROPERTY_RUNS` says by hand. */
export function propertyRuns(inSuite: number): number {
  const asked = Number(process.env['PROPERTY_RUNS'] ?? inSuite);
  if (!Number.isSafeInteger(asked) || asked < 1)
    throw new Error(`PROPERTY_RUNS must be a positive whole number, not ${process.env['PROPERTY_RUNS']}`);
  return asked;
}
