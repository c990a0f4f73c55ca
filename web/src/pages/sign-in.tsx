import { useState } from 'preact/hooks';
import { Refusal } from '../api/ask.ts';
import { useSession } from '../api/session.ts';
import { useGo, useHref } from '../state/place.ts';
import { Facts, Panel } from '../parts/small.tsx';

function WhoYouAre() {
  const { identity, signOut } = useSession();
  if (identity === null) return null;
  return (
    <Panel
      title="Who you are"
      tools={
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      }
    >
      <Facts
        facts={[
          ['Name', identity.name],
          ['Roles', identity.roles.join(', ')],
          ['By', identity.by],
        ]}
      />
    </Panel>
  );
}

export function SignIn() {
  const { signIn } = useSession();
  const [token, setToken] = useState('');
  const [told, setTold] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const go = useGo();
  const href = useHref();
  const send = async (): Promise<void> => {
    setSending(true);
    setTold(null);
    try {
      await signIn(token.trim());
      setToken('');
      go(href('/'));
    } catch (error) {
      setTold(error instanceof Refusal ? `${error.problem.detail}. ${error.problem.advice}` : String(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <>
      <div class="page-head">
        <h1>Sign in</h1>
      </div>
      <WhoYouAre />
      <Panel title="With a token">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <label class="field">
            Token
            <input type="password" autocomplete="off" required value={token} onInput={({ currentTarget: { value } }) => setToken(value)} />
          </label>
          {told !== null && (
            <p class="bad" role="alert">
              {told}
            </p>
          )}
          <div class="tools end">
            <button type="submit" disabled={isSending || token.trim() === ''}>
              Sign in
            </button>
          </div>
        </form>
        <p class="muted">
          Whoever keeps the ledger makes one: <code>sleeve-ledger token create --holder NAME --role approver</code>. The browser then holds
          a cookie that no script can read.
        </p>
      </Panel>
    </>
  );
}
