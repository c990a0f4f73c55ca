import { z } from 'zod';

/** Shapes of single fields that events of every kind have in common. */

/** A name that may stand in the name of a stream. */
export const identity = z.string().regex(/^[a-zA-Z0-9_-]+$/);
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
/** UTC to the millisecond, so that instants compare as text. */
export const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
