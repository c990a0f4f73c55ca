import { limits } from '../../../domain/shared/limits.ts';
import { sleeveResultType } from '../../../handlers/messages/event-types.ts';
import { sleeveResultSchema } from '../../../handlers/messages/sleeve-result.ts';
import { takenResult, takenResults } from '../answers/intake.ts';
import { batchType, structuredType } from '../cloud-events.ts';
import { jsonSchema, problem, problemSchema } from '../openapi.ts';
import { waitParameter } from '../reaction.ts';

const properties = (schema: object): Readonly<Record<string, unknown>> =>
  (schema as { readonly properties: Readonly<Record<string, unknown>> }).properties;

const header = (name: string, required: boolean, schema: object, description: string): object => ({
  name,
  in: 'header',
  required,
  schema,
  description,
});

/** Where events were judged, the problem has what became of each of them. */
function refusedSchema(): object {
  const { properties: ofProblem, ...rest } = problemSchema;
  const [single, batched] = [takenResult, takenResults].map((schema) => jsonSchema(schema, 'output'));
  const withMembers = (schema: object): object => ({
    ...rest,
    required: [...(rest['required'] as string[]), ...Object.keys(properties(schema))],
    properties: { ...(ofProblem as object), ...properties(schema) },
  });
  return { anyOf: [{ $ref: '#/components/schemas/Problem' }, withMembers(single!), withMembers(batched!)] };
}

/** What the document says of sending results. */
export function sendSleeveResults(roles: readonly string[], tag: string): object {
  const data = { ...jsonSchema(sleeveResultSchema, 'input'), description: 'The result of a sleeve.' };
  const text = { type: 'string', minLength: 1, maxLength: 1_000 };
  const event = {
    type: 'object',
    description: 'A CloudEvent 1.0; docs/reference/messages.md describes its data.',
    required: ['specversion', 'id', 'source', 'type', 'data'],
    properties: {
      specversion: { const: '1.0', description: 'Version of CloudEvents.' },
      id: { ...text, description: 'Id that its sender gives; with the source it names the event.' },
      source: { ...text, description: 'A URI reference that names the sender.' },
      type: { const: sleeveResultType, description: 'What it is.' },
      subject: { ...text, description: 'The sleeve.' },
      partitionkey: { ...text, description: 'The sleeve.' },
      time: { type: 'string', format: 'date-time', description: 'When it was made, as its sender says.' },
      datacontenttype: { const: 'application/json', description: 'Media type of the data.' },
      data,
    },
  };
  return {
    operationId: 'sendSleeveResults',
    tags: [tag],
    summary: 'Takes results of sleeves in, as CloudEvents.',
    description:
      'Judged, recorded and known again like results that come by Kafka. Answered when it is durable. The same event sent again changes ' +
      `nothing. Recorded under the name of whoever is authenticated. For the role ${roles.join(', ')}.`,
    security: [{ bearer: [] }],
    'x-roles': roles,
    parameters: [
      { $ref: '#/components/parameters/IdempotencyKey' },
      header('ce-specversion', false, { const: '1.0' }, 'Binary mode: the attributes are headers, the body is the data.'),
      header('ce-type', false, { const: sleeveResultType }, 'Binary mode.'),
      header('ce-source', false, text, 'Binary mode.'),
      header('ce-id', false, text, 'Binary mode.'),
      header('ce-subject', false, text, 'Binary mode: the sleeve.'),
      header('ce-partitionkey', false, text, 'Binary mode: the sleeve.'),
      waitParameter,
    ],
    requestBody: {
      required: true,
      content: {
        [structuredType]: { schema: event },
        [batchType]: { schema: { type: 'array', items: event, maxItems: limits.postedTogetherMax } },
        'application/json': { schema: data },
      },
    },
    responses: {
      200: {
        description: 'Each event is recorded, was recorded before, or is held behind a dead letter of its sleeve.',
        content: { 'application/json': { schema: { anyOf: [takenResult, takenResults].map((schema) => jsonSchema(schema, 'output')) } } },
      },
      422: {
        description:
          'At least one event became a dead letter, which is recorded; or nothing was judged, as the Idempotency-Key was used for ' +
          'another request.',
        content: { 'application/problem+json': { schema: refusedSchema() } },
      },
      default: problem,
    },
  };
}
