/** Schemas of what this folder gives to events and artifacts. */
export { metaNodeSchema, type MetaNode } from './resolved-meta-schema.ts';
export { resolvedProfileSchema, type ResolvedProfile } from './resolved-schema.ts';
export { sleeveBoundSchema, type SleeveBound } from './bounds.ts';
export { provenanceSchema, type Provenance } from './provenance.ts';
