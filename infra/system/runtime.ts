import { hostname, userInfo } from 'node:os';
import type { LocalUser } from '../../domain/people/local-user.ts';
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

/** Who runs this process: without a name where the system has none, as for a bare number in a container; without a number on Windows. */
export function systemUser(): LocalUser {
  const uid = process.getuid?.() ?? null;
  try {
    return { name: userInfo().username, uid };
  } catch {
    return { name: null, uid };
  }
}
