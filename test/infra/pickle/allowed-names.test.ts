import { describe, expect, test } from '@jest/globals';
import { allowedName, callable, constructible } from '../../../infra/pickle/allowed-names.ts';

/** As pandas 1.5 to 3, numpy 1 and 2, pyarrow and Python's own modules write them. */
const spellings = `
Series pandas.core.series.Series pandas.Series
DataFrame pandas.core.frame.DataFrame pandas.DataFrame
BlockManager pandas.core.internals.managers.BlockManager
SingleBlockManager pandas.core.internals.managers.SingleBlockManager
unpickleBlock pandas._libs.internals._unpickle_block
newIndex pandas.core.indexes.base._new_Index
newDatetimeIndex pandas.core.indexes.datetimes._new_DatetimeIndex
Index pandas.core.indexes.base.Index pandas.Index pandas.core.indexes.numeric.Int64Index
RangeIndex pandas.core.indexes.range.RangeIndex pandas.RangeIndex
DatetimeIndex pandas.core.indexes.datetimes.DatetimeIndex pandas.DatetimeIndex
unpickleArray pandas._libs.arrays.__pyx_unpickle_NDArrayBacked
DatetimeArray pandas.core.arrays.datetimes.DatetimeArray pandas.arrays.DatetimeArray
FloatingArray pandas.core.arrays.floating.FloatingArray pandas.arrays.FloatingArray
IntegerArray pandas.core.arrays.integer.IntegerArray pandas.arrays.IntegerArray
ArrowExtensionArray pandas.core.arrays.arrow.array.ArrowExtensionArray pandas.arrays.ArrowExtensionArray
StringArray pandas.core.arrays.string_.StringArray pandas.arrays.StringArray
ArrowStringArray pandas.core.arrays.string_arrow.ArrowStringArray pandas.arrays.ArrowStringArray
StringDtype pandas.core.arrays.string_.StringDtype pandas.StringDtype
DatetimeTZDtype pandas.core.dtypes.dtypes.DatetimeTZDtype pandas.DatetimeTZDtype
Timestamp pandas._libs.tslibs.timestamps.Timestamp pandas.Timestamp
unpickleTimestamp pandas._libs.tslibs.timestamps._unpickle_timestamp
ndarray numpy.ndarray
dtype numpy.dtype
reconstructArray numpy.core.multiarray._reconstruct numpy._core.multiarray._reconstruct
arrayFromBuffer numpy.core.numeric._frombuffer numpy._core.numeric._frombuffer
restoreArrowArray pyarrow.lib._restore_array
arrowChunkedArray pyarrow.lib.chunked_array
arrowType pyarrow.lib.type_for_alias
arrowBuffer pyarrow.lib.py_buffer
date datetime.date
datetime datetime.datetime
timedelta datetime.timedelta
timezone datetime.timezone
pytzUtc pytz._UTC
slice builtins.slice __builtin__.slice
bytearray builtins.bytearray __builtin__.bytearray
object builtins.object __builtin__.object
reconstructObject copyreg._reconstructor copy_reg._reconstructor
encode _codecs.encode`
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [word, ...names] = line.split(' ');
    return names.map((name) => [name, word!] as const);
  });

describe('the names that a pickle may use', () => {
  test.each(spellings)('%s', (spelling, word) => {
    const dot = spelling.lastIndexOf('.');
    expect(allowedName(spelling.slice(0, dot), spelling.slice(dot + 1))).toBe(word);
  });

  test('are these, and each is made in its one way', () => {
    expect(allowedName('os', 'system')).toBeUndefined();
    expect([...callable].join(' ')).toBe(
      'BlockManager unpickleBlock newIndex newDatetimeIndex unpickleArray StringDtype DatetimeTZDtype Timestamp unpickleTimestamp dtype ' +
        'reconstructArray arrayFromBuffer restoreArrowArray arrowChunkedArray arrowType arrowBuffer date datetime timedelta timezone ' +
        'pytzUtc slice bytearray reconstructObject encode',
    );
    expect([...constructible].join(' ')).toBe(
      'Series DataFrame BlockManager SingleBlockManager DatetimeTZDtype DatetimeArray FloatingArray IntegerArray ArrowExtensionArray ' +
        'StringArray ArrowStringArray',
    );
  });
});
