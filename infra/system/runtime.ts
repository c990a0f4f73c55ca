import { hostname } from 'node:os';
import type { Runtime } from '../../handlers/ports/ports.ts';

const majorMin = 20;
const minorMin = 19;

/** Node, and whether it is one that the package supports (`engines` of package.json). */
export function nodeRuntime(version: string = process.versions.node): Runtime {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const supported = major > majorMin || (major === majorMin && minor >= minorMin);
  return {
    name: 'Node',
    version,
    needs: `Node ${majorMin}.${minorMin} or later`,
    supported,
    processName: `${hostname()}-${process.pid}-${Math.round(performance.timeOrigin)}`,
  };
}
