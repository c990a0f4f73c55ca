import { useEffect, useRef } from 'preact/hooks';
import { keysShown } from '../state/keys.ts';
import { useStore } from '../state/store.ts';

const keys: readonly (readonly [key: string, meaning: string])[] = [
  ['/', 'search'],
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['?', 'these keys'],
];

export function Keys() {
  const isShown = useStore(keysShown);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isShown]);
  return (
    <dialog ref={dialog} aria-label="Keys" onClose={() => keysShown.set(false)}>
      <h2>Keys</h2>
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
      <div class="tools end">
        <button type="button" onClick={() => keysShown.set(false)}>
          Close
        </button>
      </div>
    </dialog>
  );
}
