import type { Manifest } from '../../domain/manifest/schema.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import type { VerbContext } from './verb.ts';

export type ManifestSource = Pick<VerbContext, 'settings' | 'tools'>;

/** The manifest in force. Errors: FileMissing, ManifestInvalid and its kin. */
export async function readManifest(context: ManifestSource): Promise<Manifest> {
  const file = context.settings.manifest;
  return parseManifest(await context.tools.files.readText(file), file);
}
