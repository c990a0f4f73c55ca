import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChartBlock } from './chart-block.ts';
import { type Column, Table } from './table.tsx';
import { decimal, percent } from './words.ts';

function heightOf(block: ChartBlock, width: number): number {
  if (block.kind === 'tree') return 44 + 26 * block.leaves.length;
  if (block.kind === 'bar') return 44 + 34 * block.categories.length;
  return width < 600 ? 240 : 320;
}

interface NumbersRow {
  readonly at: string;
  readonly values: readonly (number | null)[];
}

function Numbers({ block }: { readonly block: Exclude<ChartBlock, { kind: 'tree' }> }) {
  const heads = block.kind === 'bar' ? block.categories : block.dates;
  const rows = heads.map((at, index): NumbersRow => ({ at, values: block.series.map(({ values }) => values[index] ?? null) }));
  const shown = block.kind === 'line' && block.unit === 'ratio' ? decimal : percent;
  const columns: Column<NumbersRow>[] = [
    { label: block.kind === 'bar' ? 'name' : 'date', value: ({ at }) => at },
    ...block.series.map(({ name }, place): Column<NumbersRow> => ({
      label: name,
      isNumeric: true,
      value: ({ values }) => values[place] ?? null,
      show: ({ values }) => shown(values[place]),
    })),
  ];
  return (
    <Table caption={`Numbers of: ${block.caption}`} columns={columns} rows={rows} rowKey={({ at }) => at} empty="There are no numbers." />
  );
}

/** A chart with its words for those who do not see it, and its numbers for those who want them. */
export function Chart({ block }: { readonly block: ChartBlock }) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  const height = heightOf(block, width);
  // The same chart made anew is not drawn anew.
  const content = JSON.stringify(block);
  useEffect(() => {
    if (width === 0) return undefined;
    let dispose: (() => void) | null = null;
    let isGone = false;
    void import('./drawing.ts').then(({ draw }) => {
      if (!isGone) dispose = draw(place.current!, block, width, height);
    });
    return () => {
      isGone = true;
      dispose?.();
    };
  }, [content, width, height]);
  return (
    <figure data-chart={block.id}>
      <figcaption>{block.caption}</figcaption>
      {block.legend.length > 0 && (
        <ul class="legend">
          {block.legend.map((name, index) => (
            <li key={name}>
              <span class={`swatch swatch-${(index % 8) + 1}`} aria-hidden="true" />
              {name}
            </li>
          ))}
        </ul>
      )}
      <div
        ref={place}
        class="drawing"
        role="img"
        aria-label={`${block.caption}. ${block.description}`}
        style={{ blockSize: `${height}px` }}
      />
      {block.kind !== 'tree' && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Numbers</summary>
          {isOpen && <Numbers block={block} />}
        </details>
      )}
    </figure>
  );
}
