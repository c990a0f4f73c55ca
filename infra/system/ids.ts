import { v5 } from 'uuid';
import type { Ids } from '../../handlers/ports.ts';

export function createIds(): Ids {
  return { uuidV5: (name, namespace) => v5(name, namespace) };
}
