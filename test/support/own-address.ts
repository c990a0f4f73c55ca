import { networkInterfaces } from 'node:os';

/** An address of IPv4 by which this machine is reached from elsewhere; null where it has none. */
export function ownAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}
