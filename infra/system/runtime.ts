import { hostname, userInfo } from 'node:os';
import type { Runtime } from '../../handlers/ports/ports.ts';
import type { Platform } from '../../presentation/ports/ports.ts';

const majorMin = 20;
const minorMin = 19;

/** Node, and whether it is one that the package supports (`engines` of package.json). */
export function nodePlatform(version: string = process.versions.node): Platform {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const supported = major > majorMin || (major === majorMin && minor >= minorMin);
  return { name: 'Node', version, needs: `Node ${majorMin}.${minorMin} or later`, supported };
}

export const thisProcess: Runtime = { processName: `${hostname()}-${process.pid}-${Math.round(performance.timeOrigin)}` };

/** The name of who runs this process; null where the system has none for it, as for a bare number in a container. */
export function systemUser(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
