/**
 * The closed list of Python globals of which the numbers and dates of a pandas Series or DataFrame are made, each with the one word
 * under which `numpy.ts` and `pandas.ts` know it. Other names may stand beside them and are never looked at (`Foreign` in
 * `values.ts`). pandas 3 shortened its public paths and numpy 2 renamed its core module, hence several spellings of one thing.
 */
const words = {
  Series: ['pandas.core.series.Series', 'pandas.Series'],
  DataFrame: ['pandas.core.frame.DataFrame', 'pandas.DataFrame'],
  BlockManager: ['pandas.core.internals.managers.BlockManager'],
  SingleBlockManager: ['pandas.core.internals.managers.SingleBlockManager'],
  unpickleBlock: ['pandas._libs.internals._unpickle_block'],
  newIndex: ['pandas.core.indexes.base._new_Index'],
  newDatetimeIndex: ['pandas.core.indexes.datetimes._new_DatetimeIndex'],
  Index: ['pandas.core.indexes.base.Index', 'pandas.Index', 'pandas.core.indexes.numeric.Int64Index'],
  RangeIndex: ['pandas.core.indexes.range.RangeIndex', 'pandas.RangeIndex'],
  DatetimeIndex: ['pandas.core.indexes.datetimes.DatetimeIndex', 'pandas.DatetimeIndex'],
  unpickleArray: ['pandas._libs.arrays.__pyx_unpickle_NDArrayBacked'],
  DatetimeArray: ['pandas.core.arrays.datetimes.DatetimeArray', 'pandas.arrays.DatetimeArray'],
  FloatingArray: ['pandas.core.arrays.floating.FloatingArray', 'pandas.arrays.FloatingArray'],
  IntegerArray: ['pandas.core.arrays.integer.IntegerArray', 'pandas.arrays.IntegerArray'],
  ArrowExtensionArray: ['pandas.core.arrays.arrow.array.ArrowExtensionArray', 'pandas.arrays.ArrowExtensionArray'],
  StringArray: ['pandas.core.arrays.string_.StringArray', 'pandas.arrays.StringArray'],
  ArrowStringArray: ['pandas.core.arrays.string_arrow.ArrowStringArray', 'pandas.arrays.ArrowStringArray'],
  StringDtype: ['pandas.core.arrays.string_.StringDtype', 'pandas.StringDtype'],
  DatetimeTZDtype: ['pandas.core.dtypes.dtypes.DatetimeTZDtype', 'pandas.DatetimeTZDtype'],
  Timestamp: ['pandas._libs.tslibs.timestamps.Timestamp', 'pandas.Timestamp'],
  unpickleTimestamp: ['pandas._libs.tslibs.timestamps._unpickle_timestamp'],
  ndarray: ['numpy.ndarray'],
  dtype: ['numpy.dtype'],
  reconstructArray: ['numpy.core.multiarray._reconstruct', 'numpy._core.multiarray._reconstruct'],
  arrayFromBuffer: ['numpy.core.numeric._frombuffer', 'numpy._core.numeric._frombuffer'],
  restoreArrowArray: ['pyarrow.lib._restore_array'],
  arrowChunkedArray: ['pyarrow.lib.chunked_array'],
  arrowType: ['pyarrow.lib.type_for_alias'],
  arrowBuffer: ['pyarrow.lib.py_buffer'],
  date: ['datetime.date'],
  datetime: ['datetime.datetime'],
  timedelta: ['datetime.timedelta'],
  timezone: ['datetime.timezone'],
  pytzUtc: ['pytz._UTC'],
  slice: ['builtins.slice', '__builtin__.slice'],
  bytearray: ['builtins.bytearray', '__builtin__.bytearray'],
  object: ['builtins.object', '__builtin__.object'],
  reconstructObject: ['copyreg._reconstructor', 'copy_reg._reconstructor'],
  encode: ['_codecs.encode'],
} as const satisfies Record<string, readonly string[]>;

export type AllowedName = keyof typeof words;

const wordOfSpelling: ReadonlyMap<string, AllowedName> = new Map(
  (Object.keys(words) as AllowedName[]).flatMap((word) => words[word].map((spelling): [string, AllowedName] => [spelling, word])),
);

/** The word for `module.name`, undefined when it is not on the list. */
export function allowedName(module: string, name: string): AllowedName | undefined {
  return wordOfSpelling.get(`${module}.${name}`);
}

/** Names that REDUCE may apply, and those that NEWOBJ may: each pickles in its one way only. */
export const callable: ReadonlySet<AllowedName> = new Set<AllowedName>([
  'BlockManager',
  'unpickleBlock',
  'newIndex',
  'newDatetimeIndex',
  'unpickleArray',
  'StringDtype',
  'DatetimeTZDtype',
  'Timestamp',
  'unpickleTimestamp',
  'dtype',
  'reconstructArray',
  'arrayFromBuffer',
  'restoreArrowArray',
  'arrowChunkedArray',
  'arrowType',
  'arrowBuffer',
  'date',
  'datetime',
  'timedelta',
  'timezone',
  'pytzUtc',
  'slice',
  'bytearray',
  'reconstructObject',
  'encode',
]);
export const constructible: ReadonlySet<AllowedName> = new Set<AllowedName>([
  'Series',
  'DataFrame',
  'BlockManager',
  'SingleBlockManager',
  'DatetimeTZDtype',
  'DatetimeArray',
  'FloatingArray',
  'IntegerArray',
  'ArrowExtensionArray',
  'StringArray',
  'ArrowStringArray',
]);
