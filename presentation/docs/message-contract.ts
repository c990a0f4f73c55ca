import { z } from 'zod';
import { sortedBy } from '../../domain/shared/order.ts';
import { allocationSchema } from '../../handlers/messages/allocation.ts';
import { backtestJobSchema } from '../../handlers/messages/backtest-job.ts';
import { backtestResultSchema } from '../../handlers/messages/backtest-result.ts';
import { deadLetterSchema } from '../../handlers/messages/dead-letter.ts';
import {
  allocationType,
  backtestJobType,
  backtestResultType,
  deadLetterType,
  sleeveResultType,
} from '../../handlers/messages/event-types.ts';
import { sleeveResultSchema } from '../../handlers/messages/sleeve-result.ts';
import { resolveSettings } from '../../handlers/runtime/settings.ts';
import { exampleEvent } from './message-examples.ts';

/** The messages as other systems need them: JSON Schema of each and an AsyncAPI 3 document, from the schemas that read and write them. */

export type MessageName = 'sleeveResult' | 'allocation' | 'deadLetter' | 'backtestJob' | 'backtestResult';

interface MessageKind {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly file: string;
  readonly topic: string;
  /** What the key of the Kafka message is. */
  readonly key: string;
  /** Attributes of the CloudEvent beside those that every one has. */
  readonly subject: string;
  readonly sequence: boolean;
}

/** Under their default names. */
const { settings: topics } = resolveSettings({}, {}, null);

export const messageKinds: Readonly<Record<MessageName, MessageKind>> = {
  sleeveResult: {
    type: sleeveResultType,
    title: 'Sleeve result',
    summary: 'A sleeve has run: its weights, returns and settings.',
    schema: sleeveResultSchema,
    file: 'sleeve-result.v1.schema.json',
    topic: topics.resultsTopic,
    key: 'The sleeve. Results of one sleeve are taken in one after the other.',
    subject: 'The sleeve, when given',
    sequence: false,
  },
  allocation: {
    type: allocationType,
    title: 'Allocation',
    summary: 'A meta portfolio has new weights, which are in force from here on.',
    schema: allocationSchema,
    file: 'allocation.v1.schema.json',
    topic: topics.allocationsTopic,
    key: 'The meta portfolio.',
    subject: 'The meta portfolio',
    sequence: true,
  },
  deadLetter: {
    type: deadLetterType,
    title: 'Dead letter',
    summary: 'A sleeve result was refused; later results of its sleeve wait.',
    schema: deadLetterSchema,
    file: 'dead-letter.v1.schema.json',
    topic: topics.deadLettersTopic,
    key: 'The sleeve; none when the sleeve is unknown.',
    subject: 'The sleeve; left out when the sleeve is unknown',
    sequence: false,
  },
  backtestJob: {
    type: backtestJobType,
    title: 'Backtest job',
    summary: 'A backtest asks workers on other machines for a computation.',
    schema: backtestJobSchema,
    file: 'backtest-job.v1.schema.json',
    topic: topics.backtestJobsTopic,
    key: 'That of the job, so that the same job goes to one worker.',
    subject: 'The name of the computation',
    sequence: false,
  },
  backtestResult: {
    type: backtestResultType,
    title: 'Backtest result',
    summary: 'A worker has an answer to a job, or none.',
    schema: backtestResultSchema,
    file: 'backtest-result.v1.schema.json',
    topic: topics.backtestResultsTopic,
    key: 'That of the job.',
    subject: 'The name of the computation',
    sequence: false,
  },
};

type JsonSchema = Readonly<Record<string, unknown>>;

function dataSchema({ schema }: MessageKind, target: 'draft-2020-12' | 'draft-7'): JsonSchema {
  const { $schema: _dialect, ...body } = z.toJSONSchema(schema, { io: 'input', reused: 'inline', target }) as JsonSchema;
  return body;
}

/** JSON Schema (2020-12) of the data of a message. */
export function dataJsonSchema(name: MessageName): JsonSchema {
  const kind = messageKinds[name];
  const { title, summary } = kind;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:${kind.type.replaceAll('.', ':')}`,
    title,
    description: summary,
    ...dataSchema(kind, 'draft-2020-12'),
  };
}

/** The whole CloudEvent in structured mode. */
function eventSchema(kind: MessageKind): JsonSchema {
  return {
    type: 'object',
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', minLength: 1 },
      source: { type: 'string', minLength: 1, format: 'uri-reference' },
      type: { const: kind.type },
      subject: { type: 'string', description: kind.subject },
      time: { type: 'string', format: 'date-time' },
      datacontenttype: { type: 'string', description: 'application/json' },
      traceparent: { type: 'string', description: 'W3C trace context' },
      ...(kind.sequence
        ? {
            sequence: {
              type: 'string',
              pattern: '^[0-9]{12}$',
              description: 'The number of the allocation with leading zeros, so that it sorts as text',
            },
          }
        : {}),
      data: dataSchema(kind, 'draft-7'),
    },
    required: ['specversion', 'id', 'source', 'type', 'data', ...(kind.sequence ? ['sequence'] : [])],
  };
}

function message(name: MessageName): JsonSchema {
  const kind = messageKinds[name];
  return {
    name: kind.type,
    title: kind.title,
    summary: kind.summary,
    contentType: 'application/cloudevents+json',
    payload: { schemaFormat: 'application/schema+json;version=draft-07', schema: eventSchema(kind) },
    bindings: { kafka: { key: { type: 'string', description: kind.key }, bindingVersion: '0.5.0' } },
    examples: [{ name, payload: exampleEvent(name) }],
  };
}

const channels: Readonly<Record<MessageName, string>> = {
  sleeveResult: 'sleeveResults',
  allocation: 'allocations',
  deadLetter: 'deadLetters',
  backtestJob: 'backtestJobs',
  backtestResult: 'backtestResults',
};
const names = sortedBy(Object.keys(channels) as MessageName[], (name) => name);

function operation(name: MessageName, action: 'send' | 'receive'): JsonSchema {
  const channel = `#/channels/${channels[name]}`;
  return { action, channel: { $ref: channel }, summary: messageKinds[name].summary, messages: [{ $ref: `${channel}/messages/${name}` }] };
}

/** AsyncAPI 3.0 of this application: what it receives and sends, under the topics' default names. */
export function asyncApiDocument(): JsonSchema {
  return {
    asyncapi: '3.0.0',
    id: 'urn:io:sleeve-ledger',
    info: {
      title: 'sleeve-ledger',
      version: '1',
      description:
        'Sleeve results in, allocations out, and jobs of backtests between processes of this system, as CloudEvents 1.0 over ' +
        'Kafka. Structured mode is written; structured and binary mode are read. Topics can be renamed by settings.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      names.map((name) => [
        channels[name],
        {
          address: messageKinds[name].topic,
          messages: { [name]: { $ref: `#/components/messages/${name}` } },
          bindings: { kafka: { topic: messageKinds[name].topic, bindingVersion: '0.5.0' } },
        },
      ]),
    ),
    operations: {
      receiveSleeveResult: operation('sleeveResult', 'receive'),
      sendAllocation: operation('allocation', 'send'),
      sendDeadLetter: operation('deadLetter', 'send'),
      sendBacktestJob: operation('backtestJob', 'send'),
      receiveBacktestJob: operation('backtestJob', 'receive'),
      sendBacktestResult: operation('backtestResult', 'send'),
      receiveBacktestResult: operation('backtestResult', 'receive'),
    },
    components: { messages: Object.fromEntries(names.map((name) => [name, message(name)])) },
  };
}

function written(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The generated files by name, in docs/schemas. */
export function schemaFiles(): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(names.map((name) => [messageKinds[name].file, written(dataJsonSchema(name))])),
    'asyncapi.json': written(asyncApiDocument()),
  };
}
