import { z } from 'zod';
export const deadLettersResult = z.looseObject({});
export const statusResult = z.looseObject({});
