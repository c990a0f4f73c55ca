import { z } from 'zod';
import { LedgerError } from '../shared/errors.ts';

const rows = z.int().min(2).max(5_000);
const share = z.number().min(0).max(1);

/** Positions are scaled so that volatility meets a target, all by one factor (`global`) or each by its own (`per_asset`). */
export const volTargetSchema = z.strictObject({
  method: z.literal('vol_target'),
  mode: z.enum(['global', 'per_asset']),
  /** Annualised, like the two below. */
  target_vol: z.number().positive(),
  /** Least volatility that is divided by: the only floor. */
  floor_vol: z.number().positive(),
  /** Recorded, and not applied: `floor_vol` is the floor. */
  recorded_vol_floor: z.number().min(0),
  /** Rows of the volatility of one asset, and of the covariance. */
  vol_lookback: rows,
  cov_lookback: rows,
  estimator: z.enum(['ledoit_wolf', 'sample']),
  /** Below so many rows nothing is evaluated. */
  min_obs: rows,
  bounds: z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= 0 && high >= 0, 'bounds must hold 0'),
  /** Most gross exposure; more is scaled down. */
  cap_leverage: z.number().positive(),
});
export type VolTarget = z.infer<typeof volTargetSchema>;

/** Moreira and Muir 2017: exposure falls with last month's variance, c set by what was known. */
export const moreiraMuirSchema = z.strictObject({
  method: z.literal('moreira_muir'),
  /** Pairs of months below which exposure is left alone, flagged warm-up. */
  min_pairs: z.int().min(2),
  /** Most exposure; null caps nothing. */
  max_leverage: z.number().positive().nullable(),
});
export type MoreiraMuir = z.infer<typeof moreiraMuirSchema>;

const macroRegimeObject = z.strictObject({
  index_symbols: z.array(z.string().min(1)).min(1),
  vol_window: rows,
  sma_window: rows,
  /** Annualised volatility at which the scaler is at its most, and at its least. */
  vol_lo: z.number().min(0),
  vol_hi: z.number().positive(),
  k_min: share,
  k_max: z.number().positive(),
  breadth_weight: z.number(),
  /** Smoothing of the weekly inputs, and of the scaler itself. */
  input_alpha: share,
  alpha: share,
  /** Weight of macro series; they are not read, so their term is 0 and recorded as not evaluated. */
  fred_weight: z.number(),
  /** `positions`: the scaler of each row of positions; `weekly`: a row of its own too wherever the scaler is sampled. */
  rows: z.enum(['positions', 'weekly']),
});

/** One scaler for everything, by the volatility and breadth of some index symbols. */
export const macroRegimeSchema = macroRegimeObject
  .refine(({ vol_lo: low, vol_hi: high }) => low < high, 'vol_lo must be below vol_hi')
  .refine(({ k_min: low, k_max: high }) => low <= high, 'k_min must not be above k_max');
export type MacroRegime = z.infer<typeof macroRegimeSchema>;

export const overlayNames = ['vol', 'macro'] as const;
export type OverlayName = (typeof overlayNames)[number];

export const overlaysSchema = z.strictObject({
  /** Which come, first to last. */
  order: z
    .array(z.enum(overlayNames))
    .min(1)
    .max(2)
    .refine((order) => new Set(order).size === order.length, 'each overlay once'),
  vol: z.discriminatedUnion('method', [volTargetSchema, moreiraMuirSchema]),
  macro: macroRegimeSchema,
});
export type Overlays = z.infer<typeof overlaysSchema>;

export const defaultVolTarget: VolTarget = {
  method: 'vol_target',
  mode: 'global',
  target_vol: 0.2,
  floor_vol: 0.05,
  recorded_vol_floor: 0.005,
  vol_lookback: 63,
  cov_lookback: 252,
  estimator: 'ledoit_wolf',
  min_obs: 60,
  bounds: [-3, 3],
  cap_leverage: 7,
};

export const defaultMoreiraMuir: MoreiraMuir = { method: 'moreira_muir', min_pairs: 12, max_leverage: null };

/** `code`: what the other system's program does unless it is told otherwise; `shipped`: what its configuration tells it. */
export const macroPresets = {
  code: { vol_lo: 0.15, vol_hi: 0.3, k_min: 0.4, k_max: 1, alpha: 0.2 },
  shipped: { vol_lo: 0.12, vol_hi: 0.22, k_min: 0.5, k_max: 1, alpha: 0.15 },
} as const;
export type MacroPreset = keyof typeof macroPresets;

export const macroRegimeOf = (preset: MacroPreset): MacroRegime => ({
  index_symbols: ['CME_MINI:ES1!', 'CME_MINI:NQ1!'],
  vol_window: 21,
  sma_window: 200,
  breadth_weight: 0.1,
  input_alpha: 0.2,
  fred_weight: 0.3,
  rows: 'positions',
  ...macroPresets[preset],
});

/** The block `overlays` as somebody wrote it: what is left out has its default, and a preset of the macro regime goes first. */
export const overlaysBlockSchema = z.strictObject({
  order: overlaysSchema.shape.order.optional(),
  vol: z
    .strictObject({
      ...volTargetSchema.partial().shape,
      ...moreiraMuirSchema.partial().shape,
      method: z.enum(['vol_target', 'moreira_muir']).optional(),
    })
    .optional(),
  macro: macroRegimeObject
    .partial()
    .extend({ preset: z.enum(['code', 'shipped']).optional() })
    .optional(),
});
export type OverlaysBlock = z.infer<typeof overlaysBlockSchema>;

function refuse(issues: readonly z.core.$ZodIssue[], file: string | null): never {
  const [issue] = issues;
  const path = ['overlays', ...issue!.path.map(String)].join('.');
  throw new LedgerError('SchemaViolation', `${file === null ? '' : `${file}, `}${path}: ${issue!.message}`, {
    at: { path, ...(file === null ? {} : { file }) },
  });
}

/** Every parameter in force: vol first, then macro, unless another order is written. Errors: SchemaViolation naming the field. */
export function overlaysOf(written: unknown, file: string | null = null): Overlays {
  const parsed = overlaysBlockSchema.safeParse(written);
  if (!parsed.success) return refuse(parsed.error.issues, file);
  const whole = wholeOverlays(parsed.data);
  return whole.success ? whole.data : refuse(whole.error.issues, file);
}

/** What is written over the defaults, checked as a whole. */
export function wholeOverlays({ order = ['vol', 'macro'], vol = {}, macro: { preset = 'code', ...macro } = {} }: OverlaysBlock) {
  return overlaysSchema.safeParse({
    order,
    vol: { ...(vol.method === 'moreira_muir' ? defaultMoreiraMuir : defaultVolTarget), ...vol },
    macro: { ...macroRegimeOf(preset), ...macro },
  });
}
