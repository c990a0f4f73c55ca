import { v5 } from 'uuid';
import type { Ids } from '../../handlers/ports/ports.ts';

export const uuidIds: Ids = { uuidV5: (name, namespace) => v5(name, namespace) };
