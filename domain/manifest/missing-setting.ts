import { LedgerError } from '../shared/errors.ts';

/** Resolution puts every setting into a profile; one that is not there was cut out of a document. Errors: ManifestInvalid. */
export function missing(path: string): never {
  throw new LedgerError('ManifestInvalid', `${path} is missing from the resolved profile.`, { evidence: { path }, at: { path } });
}
