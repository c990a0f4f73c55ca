import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { PackageFiles } from '../../handlers/ports/ports.ts';
import { packageRootOf } from './code.ts';

const root = packageRootOf(dirname(fileURLToPath(import.meta.url)));

/** Files of the package that is running, from its source tree or from where it is installed. */
export const packageFiles: PackageFiles = {
  built: async (path) => (import.meta.url.endsWith('.js') ? packageFiles.read(`dist/${path}`) : null),
  read: async (path) => {
    try {
      return new Uint8Array(await readFile(join(root, path)));
    } catch (cause) {
      throw new LedgerError('FileMissing', `${path} is missing from the installation`, { at: { file: path }, cause });
    }
  },
};
