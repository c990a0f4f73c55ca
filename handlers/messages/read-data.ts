import type { z } from 'zod';
import { joinPath } from '../../domain/manifest/json-positions.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { ReceivedMessage } from '../ports/ports.ts';
import { headersOf, readCloudEvent } from './cloud-event.ts';
import { refuseMessage } from './strict-json.ts';

/** The data of a small CloudEvent of one type, by its schema. Errors: MessageInvalid, with the place where there is one. */
export function readData<Schema extends z.ZodType>(
  { value, headers }: Pick<ReceivedMessage, 'value' | 'headers'>,
  type: string,
  schema: Schema,
): z.infer<Schema> {
  const bytes = value?.length ?? 0;
  if (bytes > limits.inlineDataBytesMax) refuseMessage(`${bytes} bytes, at most ${limits.inlineDataBytesMax}`);
  const event = readCloudEvent(value, headersOf(headers));
  if (event.type !== type) refuseMessage(`${event.type} is not read here, only ${type}`, 'type');
  const parsed = schema.safeParse(event.data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuseMessage(issue!.message, joinPath(issue!.path));
}
