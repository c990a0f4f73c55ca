import type { Manifest } from '../../domain/manifest/schema.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import type { VerbContext } from './verb.ts';

/** The manifest in force. Errors: FileMissing, ManifestInvalid and its kin. */
export async function readManifest(context: Pick<VerbContext, 'settings' | 'tools'>): Promise<Manifest> {
  const file = context.settings.manifest;
  return parseManifest(await context.tools.files.readText(file), file);
}
