import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) of most documents bore neither kind nor version and had the members of version 2. */
export const unmarkedDocumentV1: Upcaster = { from: 1, adds: [], upcast: (content) => content };
