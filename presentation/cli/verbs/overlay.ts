import { byDate, tableEndings } from '../../../domain/shared/table-formats.ts';
import type { Overlaid } from '../../../domain/overlay/overlays.ts';
import { type OverlayName, type Overlays, overlaysOf } from '../../../domain/overlay/parameters.ts';
import type { OverlayState } from '../../../domain/overlay/stages.ts';
import { calendarIds } from '../../../domain/returns/exchanges.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { overlaysOfProfile } from '../../../handlers/queries/manifest.ts';
import { overlayFiles, overlayParameters } from '../../../handlers/queries/overlay.ts';
import { csvAsked, csvFlags } from '../csv-flags.ts';
import { choiceFlag, filesFlag, requiredFlag, textFlag } from '../flags.ts';
import { readManifest } from '../manifest-input.ts';
import { readPriceFiles, renameFlags } from '../price-flags.ts';
import {
  type Block,
  type Flag,
  type FlagValues,
  heading,
  history,
  lines,
  type Outcome,
  type VerbCode,
  type VerbContext,
  type VerbInput,
} from '../verb.ts';

const flags: readonly Flag[] = [
  {
    flags: '--positions <file>',
    summary: 'CSV or parquet: a date, then one column per asset; decided at the close of the date',
    required: true,
  },
  { flags: '--prices <file...>', summary: 'daily closes of every column, and of the index symbols of the macro regime', required: true },
  { flags: '--profile <name>', summary: 'the parameters: block `overlays` of this profile of the manifest' },
  { flags: '--parameters <file>', summary: 'the parameters: JSON with a block `overlays`; what it leaves out has its default' },
  { flags: '--calendar <id>', summary: 'calendar of columns that name no exchange, such as CMES' },
  { flags: '--empty <how>', summary: 'an empty cell of positions: refuse (default) or zero' },
  { flags: '-o, --output <file>', summary: `the positions after the overlay, ${tableEndings}; - for standard output, as CSV` },
  ...renameFlags,
  ...csvFlags.filter(({ flags: written }) => written !== '--percent'),
];

const figure = (value: number | null): string => (value === null ? 'none' : value.toFixed(4));
const figures = (values: readonly (number | null)[]): string => values.map(figure).join(' ');

function wordsOf(state: OverlayState): string {
  if (state.overlay === 'macro') return `macro ${figure(state.k)} (volatility ${figure(state.volatility)}, of ${state.sampledOn})`;
  if (state.method === 'moreira_muir')
    return `Moreira-Muir ${figure(state.k)}${state.isWarmUp ? ', warm-up' : ''}${state.isCapped ? ', capped' : ''}`;
  const k = typeof state.k === 'number' ? figure(state.k) : figures(state.k);
  const shaped = [...(state.clipped > 0 ? [`${state.clipped} clipped`] : []), ...(state.isGrossCapped ? ['gross capped'] : [])];
  const floored = state.mode === 'global' && state.isFloored ? ['floor'] : [];
  return [`vol ${k}`, ...floored, ...shaped].join(', ');
}

const grossOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + Math.abs(weight), 0);

function peopleOf({ columns, decisions, notEvaluated, macro, parameters }: Overlaid): Block[] {
  const noOps = macro?.noOps ?? 0;
  return [
    heading(`${decisions.length} rows of ${columns.length} columns, ${parameters.order.join(' then ')}`),
    lines(
      ...(noOps > 0 ? [`! MACRO_NOOP on ${noOps} rows`] : []),
      ...(macro === null ? [] : [`Macro series (FRED) are not evaluated: their term is 0.`]),
      ...(notEvaluated.length === 0
        ? []
        : [`No position on ${notEvaluated.length} rows, the first ${notEvaluated[0]!.date}: ${notEvaluated[0]!.reason}.`]),
    ),
    history(
      ['date', 'gross', 'what was done'],
      decisions.map(({ date, weights, states }) => [date, figure(grossOf(weights)), states.map(wordsOf).join('; ')]),
    ),
  ];
}

/** An answer as plain JSON: weights by column. */
function resultOf({ decisions, ...rest }: Overlaid): object {
  return { ...rest, decisions: decisions.map(({ date, weights, states }) => ({ date, weights: [...weights], states })) };
}

/** The parameters of a profile, of a file, or the defaults. Errors: Usage, ManifestInvalid, SchemaViolation. */
async function parametersOf(context: Pick<VerbContext, 'tools' | 'settings'>, given: FlagValues): Promise<Overlays> {
  const [file, profile] = [textFlag(given, 'parameters'), textFlag(given, 'profile')];
  if (file !== null && profile !== null)
    throw new LedgerError('Usage', '--profile and --parameters: give one of them', { at: { path: '--profile' } });
  if (file !== null) return overlayParameters(await context.tools.files.readText(file), file);
  if (profile === null) return overlaysOf({});
  const written = overlaysOfProfile(await readManifest(context), profile);
  if (written === null)
    throw new LedgerError('Usage', `the profile ${profile} has no block overlays in ${context.settings.manifest}`, {
      at: { path: '--profile' },
    });
  return written;
}

async function overlaid(
  context: Pick<VerbContext, 'tools' | 'settings'>,
  { flags: given }: VerbInput,
  changed: (parameters: Overlays) => Overlays,
): Promise<Outcome> {
  const { tools } = context;
  const asked = csvAsked(given);
  const written = await parametersOf(context, given);
  const prices = await readPriceFiles(context, given, filesFlag(given, 'prices'));
  const calendar = textFlag(given, 'calendar');
  const answer = overlayFiles({
    positions: await tools.prices.readPrices(requiredFlag(given, 'positions'), asked),
    prices,
    parameters: changed(written),
    calendar: calendar === null ? null : choiceFlag(given, 'calendar', calendarIds, 'XNYS'),
    emptyWeights: choiceFlag(given, 'empty', ['refuse', 'zero'], 'refuse'),
    now: tools.clock.now(),
  });
  const output = textFlag(given, 'output');
  const { columns, decisions } = answer;
  const series = columns.map((name, column) => ({ name, values: Float64Array.from(decisions, ({ weights }) => weights[column]!) }));
  const dates = decisions.map(({ date }) => date);
  const result = resultOf(answer);
  return {
    result:
      output === null ? result : { ...result, output: { file: output, ...(await tools.tables.writeTable(output, byDate(dates), series)) } },
    warnings: [
      ...answer.flags.map((flag) => `${flag}: the macro scaler changes nothing on ${answer.macro!.noOps} rows`),
      ...(answer.notEvaluated.length === 0 ? [] : [`no position on ${answer.notEvaluated.length} rows, which could not be evaluated`]),
    ],
    people: [...peopleOf(answer), ...(output === null ? [] : [lines('', `Wrote ${output}: ${dates.length} rows.`)])],
  };
}

export const overlayVol: VerbCode = {
  flags: [
    { flags: '--method <name>', summary: 'vol_target (default) or moreira_muir' },
    { flags: '--mode <name>', summary: 'vol_target: global (default), or per_asset' },
    ...flags,
  ],
  examples: ['sleeve-ledger overlay vol --positions positions.csv --prices futures.csv -o scaled.csv'],
  writes: false,
  run: (context, input) =>
    overlaid(context, input, (parameters) => {
      const method = choiceFlag(input.flags, 'method', ['vol_target', 'moreira_muir'], parameters.vol.method);
      const vol = method === parameters.vol.method ? parameters.vol : overlaysOf({ vol: { method } }).vol;
      if (vol.method === 'moreira_muir') return { ...parameters, vol, order: ['vol'] };
      return { ...parameters, vol: { ...vol, mode: choiceFlag(input.flags, 'mode', ['global', 'per_asset'], vol.mode) }, order: ['vol'] };
    }),
};

const orders: Readonly<Record<string, OverlayName[]>> = { macro: ['macro'], 'vol-macro': ['vol', 'macro'], 'macro-vol': ['macro', 'vol'] };

export const overlayMacro: VerbCode = {
  flags: [
    { flags: '--order <which>', summary: 'macro (default), vol-macro or macro-vol: whether a vol target comes before or after' },
    { flags: '--preset <name>', summary: 'defaults of the regime: code (default) or shipped; not with --profile or --parameters' },
    ...flags,
  ],
  examples: ['sleeve-ledger overlay macro --positions positions.csv --prices futures.csv --order vol-macro -o scaled.csv'],
  writes: false,
  run: (context, input) =>
    overlaid(context, input, (parameters) => {
      const order = choiceFlag(input.flags, 'order', ['macro', 'vol-macro', 'macro-vol'], 'macro');
      const preset = textFlag(input.flags, 'preset');
      if (preset !== null && (textFlag(input.flags, 'parameters') ?? textFlag(input.flags, 'profile')) !== null)
        throw new LedgerError('Usage', '--preset: write the preset where the other parameters stand', { at: { path: '--preset' } });
      const macro = preset === null ? parameters.macro : overlaysOf({ macro: { preset } }).macro;
      return { ...parameters, macro, order: orders[order]! };
    }),
};
