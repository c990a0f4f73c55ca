import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { publicationChanges } from '../../../domain/publication/changes.ts';
import { portfolioFacts } from '../../support/portfolio-events.ts';

const names = fc.constantFrom('NYSE:AAA', 'NYSE:BBB', 'NYSE:CCC', 'BINANCE:XXXUSDT', '__proto__', 'constructor');
const weights = fc
  .uniqueArray(fc.tuple(names, fc.double({ min: -1, max: 1, noNaN: true })), { selector: ([name]) => name })
  .map((entries): Record<string, number> => Object.fromEntries(entries));
const publication = (number: number, held: Record<string, number>) => portfolioFacts.published('desk', number, { weights: held });
const weightIn = (held: Record<string, number>, name: string): number => (Object.hasOwn(held, name) ? held[name]! : 0);

test('every weight that changed is listed with both its values, and no other', () => {
  fc.assert(
    fc.property(weights, weights, (before, after) => {
      const { assets, against } = publicationChanges(publication(1, before), publication(2, after));
      expect(against).toBe(1);
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (name) => weightIn(before, name) !== weightIn(after, name),
      );
      expect(assets.map(({ name }) => name)).toEqual(changed.toSorted());
      for (const { name, before: was, after: is } of assets) expect([was, is]).toEqual([weightIn(before, name), weightIn(after, name)]);
    }),
  );
});

test('the first publication is measured against nothing, and renews every sleeve', () => {
  const { against, assets, renewed, definitionChanged } = publicationChanges(null, publication(1, { 'NYSE:AAA': 0.4 }));
  expect({ against, assets, renewed, definitionChanged }).toEqual({
    against: null,
    assets: [{ name: 'NYSE:AAA', before: 0, after: 0.4, change: 0.4 }],
    renewed: ['etfs'],
    definitionChanged: false,
  });
});

test('another definition, another profile and another run of a sleeve are said to be', () => {
  const before = publication(1, {});
  const inputs = [{ ...before.inputs[0]!, runId: 'e2' }];
  const after = portfolioFacts.published('desk', 2, { definitionNumber: 2, risk: 'min_variance', inputs });
  expect(publicationChanges(before, after)).toMatchObject({ definitionChanged: true, riskChanged: true, renewed: ['etfs'] });
  expect(publicationChanges(before, publication(2, {}))).toMatchObject({ definitionChanged: false, riskChanged: false, renewed: [] });
});
