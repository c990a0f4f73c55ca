import { grossMaxDefault } from '../../domain/risk/gross.ts';
import { limits } from '../../domain/shared/limits.ts';
import { sleeveResultType } from '../../handlers/messages/event-types.ts';
import { fieldRows } from '../json-schema.ts';
import { dataJsonSchema, messageKinds, type MessageName } from './message-contract.ts';
import { exampleEvent } from './message-examples.ts';
import { generated, table } from './pages.ts';

function section(name: MessageName): string {
  const { title, summary, type, topic, key, file } = messageKinds[name];
  return `## ${title}

${summary} Type \`${type}\`, topic \`${topic}\`. Key: ${key.charAt(0).toLowerCase()}${key.slice(1)}
JSON Schema of the data: [${file}](../schemas/${file}).

${table(
  ['field of data', 'type', 'meaning'],
  fieldRows(dataJsonSchema(name)).map(({ path, type: shape, needed, meaning }) => [
    `\`${path}\``,
    `${shape}${needed ? '' : ', may be left out'}`,
    meaning,
  ]),
)}

\`\`\`json
${JSON.stringify(exampleEvent(name), null, 2)}
\`\`\`
`;
}

export function messagesPage(): string {
  return `${generated}# Messages

CloudEvents 1.0 over Kafka. What this system writes is in structured mode; it reads structured mode (header \`content-type: \
application/cloudevents+json\`) and binary mode (headers
\`ce_specversion\`, \`ce_type\`, \`ce_source\`, \`ce_id\`, and \`content-type: application/json\`). An [AsyncAPI 3 \
document](../schemas/asyncapi.json) describes the same for machines. A change
that an old reader would misread gets a new type (\`.v2\`); until then no field is added, removed or given another meaning.
Sleeve results come [over HTTP](../how-to/send-results-over-http.md) too, and are the same then.

In Python:

\`\`\`python
event = {"specversion": "1.0", "id": run_id, "source": "/desk-eu", "type": "${sleeveResultType}", "data": result}
producer.produce("${messageKinds.sleeveResult.topic}", key=result["sleeve"], value=json.dumps(event, allow_nan=False), \
headers={"content-type": "application/cloudevents+json"})
\`\`\`

## What happens to a sleeve result

A valid one is recorded as a sleeve run whose payload is the canonical form of its data: sent again, in the other mode, or with its \
members in another order, it is the same run and nothing new. Results may arrive in any
order: what counts is the greatest as-of date, then the greatest correction. A correction more than \
${limits.correctionsAheadMax + 1} above the newest recorded of its date is refused (\`CorrectionOutOfOrder\`). A second result \
of the same sleeve, date and correction with \
other data is refused, for the order of arrival would decide.

What the sender says about its own run (integrity, sign test, origin) is recorded as its claim. A failure that it reports makes the run \
ineligible; a success that it reports does not certify the run, since nothing here can check it: a
result that comes as a message is \`DEGRADED\` at best ([why](../decisions/0014-a-message-certifies-nothing.md)). The exception is a run \
of this very ledger, sent by \`produce\`: the run itself counts, and the
message only completes its acceptance.

## What is refused

JSON is read strictly: UTF-8, at most ${limits.messageBytesMax} bytes, nested at most ${limits.jsonDepthMax} deep, no \`NaN\` or \
\`Infinity\`, no member twice or named \`__proto__\`, no lone surrogate. Beyond the shape:

* the key of the message is the sleeve, and the same as \`data.sleeve\` and the subject; the sleeve was made known by \`manifest apply\`;
* \`asOf\` is no later than tomorrow (UTC); no return stands after it;
* each risk profile and each symbol stands once; the exchange of each symbol is [known](calendars.md); a strategy atom (\`..._SHORT_1d\`) \
has no negative weight, for its stream already carries the sign;
* the sum of |weight| of each profile is at most what the sleeve is defined with here (\`risk.gross_max\`, else \`risk.leverage\`, else \
${grossMaxDefault}), and not nothing: \`WeightsRefused\` says \`gross_exceeded\` or \`no_weights\`. \
What \`definition\` says of it does not count;
* dates exist and ascend; returns are above -1, and at most ${limits.messageReturnCellsMax} stand inline; a reference leads to an artifact \
of this ledger.

A refused message becomes a dead letter: the event \`SleeveRunRejected\` with its code and place, the reason and the bytes sealed under a \
key of the letter's own unless they are too many, and a message on the dead-letter topic. Later results of the same sleeve wait behind it
as events; other sleeves flow on. \`dlq list\` shows letters; \`dlq retry\` processes the message again once its cause is fixed, and so \
does sending the same bytes again; \`dlq discard\` gives it up; \`dlq erase\` destroys its key, so that nobody reads it any more. \
After a retry or a discard the waiting results are processed in their order.
The dead-letter topic has the reason and the first 4 KiB of the message, and the broker the message itself, for as long as \
their retention says: \`dlq erase\` does not reach them.
Beyond ${limits.lettersPerWindowMax} letters of one sender in a minute the rest is recorded together (\`MessagesRefused\`), \
one letter for up to ${limits.refusedTogetherMax} messages.
With the setting \`onPoison: supersede\` a valid result of a later date than every accepted one frees its sleeve by itself. A message \
without a sleeve's name for a key is a letter too, and nothing waits behind it.

## Reading allocations

A message may come twice, under the same id. \`number\` counts the publications of a portfolio from 1 without a gap and never goes back: \
keep the greatest number seen of each portfolio and ignore every other. \`sequence\` is the same number with leading zeros.

## Jobs of backtests

Jobs and their results pass between processes of this system: \`backtest run --remote\` asks, \`work --roles backtest\` answers ([how \
to](../how-to/backtest-on-several-machines.md)). A message names artifacts by their address; whoever reads it opens the same \
ledger. Both may come twice, and the first answer counts.

${(Object.keys(messageKinds) as MessageName[]).map(section).join('\n')}`;
}
