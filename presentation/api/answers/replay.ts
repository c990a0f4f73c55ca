import { z } from 'zod';
export const replayResult = z.looseObject({});
