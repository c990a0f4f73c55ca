import { LedgerError } from '../../domain/shared/errors.ts';
import { artifactAddresses } from '../artifacts/artifact-addresses.ts';
import type { Ports } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { type Fault, nowhere } from './fault.ts';
import type { PackedReferences } from './packed-references.ts';
import { leavesAt } from './verify-scan.ts';

type Finding = Pick<Fault, 'kind' | 'expected' | 'actual'> & { readonly leafIndex: number | null };

/** Null when the bytes match their address. */
async function damageOf({ artifacts }: Ports, sha256: string): Promise<string | null> {
  try {
    await artifacts.get(sha256);
    return null;
  } catch (error) {
    const damage = damageIn(error);
    const actual = error instanceof LedgerError ? error.evidence['actual'] : undefined;
    return typeof actual === 'string' ? actual : damage;
  }
}

/** Says where the events stand that refer to what is wrong. */
async function located(ports: Ports, findings: readonly Finding[]): Promise<Fault[]> {
  const places = await leavesAt(ports, new Set(findings.flatMap(({ leafIndex }) => (leafIndex === null ? [] : [leafIndex]))));
  return findings.map(({ leafIndex, ...finding }) => ({
    ...finding,
    ...((leafIndex === null ? undefined : places.get(leafIndex)) ?? nowhere),
  }));
}

/**
 * Every referenced artifact must be there; every stored one must match its address, referenced or not. Both come in ascending order and are
 * merged.
 */
export async function artifactFaults(
  ports: Ports,
  references: PackedReferences,
): Promise<{ readonly faults: readonly Fault[]; readonly count: number }> {
  const findings: Finding[] = [];
  const referenced = references.inOrder();
  let next = referenced.next();
  let count = 0;
  const missingWhile = (isMissing: (address: string) => boolean): void => {
    while (next.done !== true && isMissing(next.value.sha256)) {
      findings.push({ kind: 'artifact_missing', expected: next.value.sha256, actual: 'nothing', leafIndex: next.value.leafIndex });
      next = referenced.next();
    }
  };
  for await (const sha256 of artifactAddresses(ports.artifacts)) {
    count++;
    missingWhile((address) => address < sha256);
    const damage = await damageOf(ports, sha256);
    const leafIndex = next.done !== true && next.value.sha256 === sha256 ? next.value.leafIndex : null;
    if (damage !== null) findings.push({ kind: 'artifact_damaged', expected: sha256, actual: damage, leafIndex });
    if (leafIndex !== null) next = referenced.next();
  }
  missingWhile(() => true);
  return { faults: await located(ports, findings), count };
}
