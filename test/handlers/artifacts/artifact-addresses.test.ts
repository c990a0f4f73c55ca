import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { artifactAddresses } from '../../../handlers/artifacts/artifact-addresses.ts';

type Asked = { readonly after: string | null; readonly limit: number };

const page = limits.artifactAddressesPerPage;

/** A store of so many addresses that notes what it was asked for. */
function storeOf(count: number): {
  readonly all: readonly string[];
  readonly asked: Asked[];
  list(given: Asked): Promise<readonly string[]>;
} {
  const all = Array.from({ length: count }, (_, index) => String(index).padStart(6, '0'));
  const asked: Asked[] = [];
  return {
    all,
    asked,
    list: async (given) => {
      asked.push(given);
      return all.filter((address) => given.after === null || address > given.after).slice(0, given.limit);
    },
  };
}

describe('every address stored', () => {
  test.each([
    ['none', 0, [null]],
    ['one', 1, [null]],
    ['one less than a page', page - 1, [null]],
    ['a page', page, [null, String(page - 1).padStart(6, '0')]],
    ['one more than a page', page + 1, [null, String(page - 1).padStart(6, '0')]],
  ])('of %s is told once and in order, by as few questions as it takes', async (_, count, afters) => {
    const { all, asked, list } = storeOf(count);
    const told: string[] = [];
    for await (const address of artifactAddresses({ list })) told.push(address);
    expect(told).toEqual(all);
    expect(asked).toEqual(afters.map((after) => ({ after, limit: page })));
  });
});
