import type { ApiRole } from '../../../domain/people/api-roles.ts';
import { useQueryClient } from '@tanstack/preact-query';
import { useRef, useState } from 'preact/hooks';
import { ask, Refusal } from '../api/ask.ts';
import { commandLine } from '../api/command-line.ts';
import type { Decision } from '../api/decisions.ts';
import { useSession } from '../api/session.ts';
import { useHref } from '../state/place.ts';
import { CopyButton } from './copy.tsx';

function Why({ why, setWhy }: { readonly why: string; readonly setWhy: (why: string) => void }) {
  return (
    <label>
      Why (it is recorded)
      <textarea required maxLength={1_000} rows={3} value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
    </label>
  );
}

function LacksRole({ role }: { readonly role: ApiRole }) {
  const { identity } = useSession();
  const href = useHref();
  const who = identity === null ? '' : `; you are signed in as ${identity.name}, ${identity.roles.join(', ')}`;
  return (
    <p class="warn">
      It takes the role {role}
      {who}. <a href={href('/sign-in')}>Sign in</a> with a token that has it.
    </p>
  );
}

/** A button that says what it will do, asks why, and sends it under the name of whoever is signed in. */
export function DecisionButton({ decision }: { readonly decision: Decision }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const key = useRef('');
  const [why, setWhy] = useState('');
  const [told, setTold] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const { may } = useSession();
  const client = useQueryClient();
  const { label, told: words, path, role, tone, body = {}, command } = decision;
  const open = (): void => {
    key.current = crypto.randomUUID();
    setTold(null);
    dialog.current?.showModal();
  };
  const send = async (): Promise<void> => {
    setSending(true);
    try {
      await ask(path, { method: 'POST', body: { ...body, why }, key: key.current });
      dialog.current?.close();
      setWhy('');
      await client.invalidateQueries({ queryKey: ['answer'] });
    } catch (error) {
      setTold(error instanceof Refusal ? `${error.problem.detail}. ${error.problem.advice}` : String(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <>
      <button type="button" class={`decide ${tone}`} onClick={open}>
        {label}
      </button>
      <dialog ref={dialog} aria-label={label}>
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <h2>{label}</h2>
          <p>{words}</p>
          {may(role) ? <Why why={why} setWhy={setWhy} /> : <LacksRole role={role} />}
          {told !== null && (
            <p class="bad" role="alert">
              {told}
            </p>
          )}
          <div class="tools end">
            <CopyButton label="Copy command" text={() => commandLine([...command, '--why', why])} />
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class={`decide ${tone}`} disabled={isSending || why.trim() === '' || !may(role)}>
              {label}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
