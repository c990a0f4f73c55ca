import { seldom, status } from '../api/questions.ts';
import { useAnswer } from '../api/use-answer.ts';
import { keysShown } from '../state/keys.ts';
import { usePlace } from '../state/place.ts';

export function Footer() {
  const { time } = usePlace();
  const { answer } = useAnswer(seldom(status(time)));
  return (
    <footer class="foot">
      {answer === null ? 'No ledger is known yet.' : `Ledger ${answer.ledgerId}, at position ${answer.position ?? 'none'}.`} Weights are
      shares of the capital; times are in UTC. <a href="/v1/reference">How it is asked by programs</a>.{' '}
      <button type="button" class="quiet" onClick={() => keysShown.set(true)}>
        Keys (?)
      </button>
    </footer>
  );
}
