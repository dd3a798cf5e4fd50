import { describe, expect, it } from 'vitest';
import type { Question } from '../shared/schemas/stages.ts';
import { Questions } from './questions.ts';

const hostKey = { host: 'board', keyKind: 'ED25519', fingerprint: 'SHA256:x', knownKinds: [], text: 'Is it?' };

function make(): { questions: Questions; asked: Question[]; closed: string[] } {
  const asked: Question[] = [];
  const closed: string[] = [];
  const questions = new Questions(
    (question) => asked.push(question),
    (id) => closed.push(id),
  );
  return { questions, asked, closed };
}

describe('questions to the user', () => {
  it('wait for the answer of their own kind', async () => {
    const { questions, asked, closed } = make();
    const answer = questions.hostKey(hostKey, new AbortController().signal);
    const [{ id }] = asked;
    expect(questions.pending()).toEqual(asked);
    questions.answer({ kind: 'secret', id, secret: 'x', remember: false });
    questions.answer({ kind: 'hostKey', id: 'another', accept: true });
    expect(closed).toEqual([]);
    questions.answer({ kind: 'hostKey', id, accept: true });
    expect(await answer).toBe(true);
    expect([closed, questions.pending()]).toEqual([[id], []]);
  });

  it('end with the stage that asked', async () => {
    const { questions, closed } = make();
    const abort = new AbortController();
    const key = questions.hostKey(hostKey, abort.signal);
    const secret = questions.secret({ secret: 'password', subject: 's', text: 't', attempt: 1 }, abort.signal);
    abort.abort();
    expect([await key, await secret]).toEqual([false, undefined]);
    expect(closed).toHaveLength(2);
    expect(await questions.hostKey(hostKey, abort.signal)).toBe(false);
  });
});
