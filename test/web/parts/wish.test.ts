import { expect, test } from '@jest/globals';
import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
import { asRecorded, bodyOf, commandOf, paramsOf, profiles, type Wish, wishIn } from '../../../web/src/parts/wish.ts';

const wish: Wish = { least: 0, most: 0.45, join: 'drop', projection: '', profile: 'risk_parity' };

const inAddress = (query: string): Wish => {
  const params = new URLSearchParams(query);
  return wishIn((name) => params.get(name));
};

test('a wish goes into the address and comes back from it, a bound of zero too', () => {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(paramsOf(wish))) if (value !== null && value !== '') given.set(name, value);
  expect(inAddress(given.toString())).toEqual(wish);
  expect(Object.values(paramsOf(asRecorded)).filter((value) => value !== null && value !== '')).toEqual([]);
});

test('an address that says what no slider and no choice can say, asks for the run as it was', () => {
  expect(inAddress('least=-1&most=1.5&join=sideways&projection=%3Cb%3E&profile=unheard')).toEqual(asRecorded);
  expect(inAddress('least=&most=much')).toEqual(asRecorded);
});

test('what is sent and the command line say the same, and only what was changed', () => {
  expect(bodyOf(wish)).toEqual({
    set: ['meta_allocation.min_weight=0', 'meta_allocation.max_weight=0.45'],
    join: 'drop',
    risk: ['risk_parity'],
  });
  expect(commandOf('run-1', wish).join(' ')).toBe(
    'counterfactual run-1 --set meta_allocation.min_weight=0 --set meta_allocation.max_weight=0.45 --join drop --risk risk_parity',
  );
  expect(bodyOf(asRecorded)).toEqual({ set: [] });
});

test('every profile that is offered is one that each portfolio can have', () => {
  expect(profiles.filter((profile) => !(commonRiskProfiles as readonly string[]).includes(profile))).toEqual([]);
});
