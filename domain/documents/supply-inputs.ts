import type { GivenSupply } from '../allocation/sleeve/given-supply.ts';
import type { SuppliedInput } from '../run/supply-input.ts';
import { priceInputOf } from './price-input.ts';
import type { StagedArtifacts } from './staged-artifacts.ts';

/** What was given beside prices as inputs, their tables and documents staged. */
export function supplyInputsOf({ volumes, metadata, scans }: GivenSupply, staged: StagedArtifacts): SuppliedInput[] {
  return [
    ...volumes.map((file): SuppliedInput => {
      const { defects: _, ...input } = priceInputOf(file, staged);
      return { ...input, role: 'volumes' };
    }),
    ...metadata.map(({ file, sha256, symbols }): SuppliedInput => ({
      role: 'metadata',
      name: file,
      fileSha256: sha256,
      document: staged.document('symbol-metadata', { symbols }),
    })),
    ...scans.map(({ name, asOf, origin, rows }): SuppliedInput => ({
      role: 'scan',
      name,
      asOf,
      origin,
      document: staged.document('scan-values', { rows }),
    })),
  ];
}
