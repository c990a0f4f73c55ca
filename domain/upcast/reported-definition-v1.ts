import type { Upcaster } from './upcaster.ts';

/** Definitions of reported runs. Version 1 (release 0.1.0) called the kind `told`, version 2 calls it `told-definition`. */
export const reportedDefinitionV1: Upcaster = {
  from: 1,
  adds: [],
  upcast: (stored) => {
    const { kind: _, ...content } = stored;
    return content;
  },
};
