/** A desk of many sleeves that deliver a result each session, and of portfolios over them: simulated, and the same for the same seed. */
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { addDays, dayNumberOf } from '../../../domain/returns/days.ts';
import { isXnysSession } from '../../../domain/returns/xnys.ts';
import type { RiskProfile } from '../../../domain/risk/schemas.ts';
import type { SleeveResult } from '../../../handlers/messages/sleeve-result.ts';
import type { MessageToSend } from '../../../handlers/ports/ports.ts';
import { seeded } from '../figures.ts';
import { parityEvidence } from '../parity-evidence.ts';
import { structuredText } from '../sleeve-results.ts';

export interface DeskSize {
  readonly sleeves: number;
  readonly sessions: number;
  readonly seed: number;
  /** Daily returns in a result. */
  readonly rows?: number;
  /** One in five portfolios holds another one besides its sleeves, unless false. */
  readonly nested?: boolean;
  /** Of a portfolio's `publication` block, by its index. */
  readonly publication?: (portfolio: number) => object | undefined;
}

/** Which result: of which sleeve, up to which session, which correction. */
export interface ResultKey {
  readonly sleeve: number;
  readonly session: number;
  readonly correction: number;
}

const risks: readonly RiskProfile[] = ['hrp', 'risk_parity'];
const perPortfolio = 3;
const firstDate = '2022-01-03';
const symbolsInMarket = 400;

const settings = { ...parityEvidence, 'backtest.rebalance_mode': 'window' };

export const nameOf = (letter: 's' | 'p', index: number): string => `${letter}${String(index).padStart(3, '0')}`;
const rounded = (value: number, digits: number): number => Math.round(value * digits) / digits;

function sessionsFrom(first: string, count: number): string[] {
  const found: string[] = [];
  for (let date = first; found.length < count; date = addDays(date, 1)) if (isXnysSession(dayNumberOf(date))) found.push(date);
  return found;
}

export class DeskMarket {
  readonly #size: DeskSize;
  readonly #rows: number;
  /** Sessions from the first return on. */
  readonly #dates: readonly string[];
  /** Returns of a sleeve over all dates, by sleeve and risk. */
  readonly #streams: readonly (readonly Float64Array[])[];
  readonly #weights: readonly SleeveResult['profiles'][number]['weights'][];

  constructor(size: DeskSize) {
    this.#size = size;
    this.#rows = size.rows ?? 250;
    this.#dates = sessionsFrom(firstDate, this.#rows + size.sessions - 1);
    const random = seeded(size.seed);
    const noise = (): number => 0.02 * (random() + random() - 1);
    const market = this.#dates.map(noise);
    const sleeves = Array.from({ length: size.sleeves }, () => 0.5 + random());
    this.#streams = sleeves.map((beta) =>
      risks.map((_, risk) => Float64Array.from(market, (common) => rounded(beta * common + (1 + risk) * 0.5 * noise(), 1e8))),
    );
    this.#weights = sleeves.map(() => this.#drawWeights(random));
  }

  #drawWeights(random: () => number): { symbol: string; weight: number }[] {
    const count = 5 + Math.floor(random() * 16);
    const symbols = new Set<string>();
    while (symbols.size < count) symbols.add(`NYSE:T${Math.floor(random() * symbolsInMarket)}`);
    return [...symbols].map((symbol) => ({ symbol, weight: rounded(1 / count, 1e6) }));
  }

  /** As-of date of a session. */
  asOf(session: number): string {
    return this.#dates[this.#rows - 1 + session]!;
  }

  result({ sleeve, session, correction }: ResultKey): SleeveResult {
    const dates = this.#dates.slice(session, session + this.#rows);
    // A correction restates the last return: another result, and other weights of the portfolios above it.
    const values = (risk: number): number[] =>
      Array.from(this.#streams[sleeve]![risk]!.subarray(session, session + this.#rows), (value, row) =>
        row === this.#rows - 1 ? rounded(value + 0.001 * correction, 1e8) : value,
      );
    const name = nameOf('s', sleeve);
    return {
      sleeve: name,
      asOf: this.asOf(session),
      correction,
      currency: 'USD',
      currencyTreatment: null,
      definition: settings,
      selectionMode: null,
      integrity: { status: 'passed', detail: '0 errors' },
      signTest: { status: 'not_applicable', detail: 'no synthetic short streams' },
      origin: { system: 'desk', runId: `${name}-${session}-${correction}`, ledgerId: null, runHash: null, eligibility: null },
      profiles: risks.map((risk, index) => ({ risk, weights: this.#weights[sleeve]!, returns: { dates, values: values(index) } })),
    };
  }

  message(key: ResultKey): MessageToSend {
    const result = this.result(key);
    const text = structuredText(result, { id: `${result.sleeve}-${result.asOf}-${key.correction}`, subject: result.sleeve });
    return { key: result.sleeve, value: new TextEncoder().encode(text), headers: { 'content-type': 'application/cloudevents+json' } };
  }

  get portfolios(): readonly string[] {
    return Array.from({ length: Math.floor(this.#size.sleeves / perPortfolio) }, (_, index) => nameOf('p', index));
  }

  /** Sleeves that stand directly in a portfolio. */
  sleevesOf(portfolio: number): readonly number[] {
    return Array.from({ length: perPortfolio }, (_, index) => perPortfolio * portfolio + index);
  }

  #nestedIn(portfolio: number): number | null {
    return this.#size.nested !== false && portfolio % 5 === 4 ? portfolio - 4 : null;
  }

  /** In how many portfolios a sleeve stands, directly or below another. */
  portfoliosWith(sleeve: number): number {
    const own = Math.floor(sleeve / perPortfolio);
    return 1 + this.portfolios.filter((_, portfolio) => this.#nestedIn(portfolio) === own).length;
  }

  manifestText({ withPolicies }: { readonly withPolicies: boolean }): string {
    const profiles: Record<string, object> = {};
    for (let sleeve = 0; sleeve < this.#size.sleeves; sleeve++) profiles[nameOf('s', sleeve)] = {};
    for (const [portfolio, name] of this.portfolios.entries()) {
      const nested = this.#nestedIn(portfolio);
      const sleeves: object[] = this.sleevesOf(portfolio).map((sleeve) => ({ id: nameOf('s', sleeve), profile: nameOf('s', sleeve) }));
      if (nested !== null) sleeves.push({ id: 'below', meta_profile: nameOf('p', nested) });
      const publication = withPolicies ? this.#size.publication?.(portfolio) : undefined;
      profiles[name] = {
        sleeves,
        meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.6 },
        ...(publication === undefined ? {} : { publication }),
      };
    }
    return `${JSON.stringify({ profiles }, null, 2)}\n`;
  }

  manifest(as: { readonly withPolicies: boolean } = { withPolicies: true }): Manifest {
    return parseManifest(this.manifestText(as), 'manifest.json');
  }
}

/** Every result of every session, session by session, sleeve by sleeve. */
export function* resultsInOrder(size: DeskSize): Generator<ResultKey> {
  for (let session = 0; session < size.sessions; session++) {
    for (let sleeve = 0; sleeve < size.sleeves; sleeve++) yield { sleeve, session, correction: 0 };
  }
}

/** The same in an order that keeps each sleeve's own: as the partitions of a topic may bring them. */
export function shuffledWithinRules(keys: readonly ResultKey[], seed: number): ResultKey[] {
  const random = seeded(seed);
  const queues = new Map<number, ResultKey[]>();
  for (const key of keys) queues.set(key.sleeve, [...(queues.get(key.sleeve) ?? []), key]);
  const open = [...queues.values()].map((queue) => ({ queue, next: 0 }));
  const order: ResultKey[] = [];
  while (open.length > 0) {
    const at = Math.floor(random() * open.length);
    const { queue, next } = open[at]!;
    order.push(queue[next]!);
    open[at]!.next = next + 1;
    if (next + 1 === queue.length) open.splice(at, 1);
  }
  return order;
}

/** The newest result of each sleeve. */
export function newestOf(keys: readonly ResultKey[]): ResultKey[] {
  const newest = new Map<number, ResultKey>();
  for (const key of keys) {
    const known = newest.get(key.sleeve);
    if (known === undefined || key.session > known.session || (key.session === known.session && key.correction > known.correction))
      newest.set(key.sleeve, key);
  }
  return [...newest.values()];
}
