import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const candidate = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** The optional reference data beside the project; null when it is absent. */
export const sharedDirectory: string | null = existsSync(candidate) ? candidate : null;
