import type { Upcaster } from './upcaster.ts';
import { importedDefinitionV1 } from './imported-definition-v1.ts';
import { reportedDefinitionV1 } from './reported-definition-v1.ts';
import { unmarkedDocumentV1 } from './unmarked-document-v1.ts';

/** Upcasters by kind of document. */
export const documentUpcasters: Readonly<Record<string, readonly Upcaster[]>> = {
  'flattened-portfolio': [unmarkedDocumentV1],
  'imported-definition': [importedDefinitionV1],
  'meta-portfolio': [unmarkedDocumentV1],
  'resolved-profile': [unmarkedDocumentV1],
  'told-definition': [reportedDefinitionV1],
  'walk-forward': [unmarkedDocumentV1],
};
