import type { Upcaster } from './upcaster.ts';

/** Version 1 (release 0.1.0) called its kind `told`. */
export const toldDefinitionV1: Upcaster = {
  from: 1,
  adds: [],
  upcast: (stored) => {
    const { kind: _, ...content } = stored;
    return content;
  },
};
