import { artifactAddresses } from '../../handlers/artifacts/artifact-addresses.ts';
import type { Artifacts } from '../../handlers/ports/ports.ts';

/** Every address stored, in ascending order. */
export async function addressesIn(artifacts: Pick<Artifacts, 'list'>): Promise<string[]> {
  const addresses: string[] = [];
  for await (const address of artifactAddresses(artifacts)) addresses.push(address);
  return addresses;
}
