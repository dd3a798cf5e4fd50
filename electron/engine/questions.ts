import { randomUUID } from 'node:crypto';
import type { Answer, Question } from '../shared/schemas/stages.ts';

type HostKeyQuestion = Omit<Extract<Question, { kind: 'hostKey' }>, 'id' | 'kind'>;
type SecretQuestion = Omit<Extract<Question, { kind: 'secret' }>, 'id' | 'kind'>;

interface Pending {
  readonly question: Question;
  readonly resolve: (answer: Answer | undefined) => void;
}

/** Questions to the person at the window. One that the window misses is asked again when it asks what is pending. */
export class Questions {
  private readonly waiting = new Map<string, Pending>();

  constructor(
    private readonly onAsk: (question: Question) => void,
    private readonly onClose: (id: string) => void,
  ) {}

  /** Whether the key is the board's; false where the stage was cancelled meanwhile. */
  async hostKey(question: HostKeyQuestion, signal: AbortSignal): Promise<boolean> {
    const answer = await this.ask({ ...question, kind: 'hostKey', id: randomUUID() }, signal);
    return answer?.kind === 'hostKey' && answer.accept;
  }

  /** The secret and whether to keep it; undefined where none was given. */
  async secret(
    question: SecretQuestion,
    signal: AbortSignal,
  ): Promise<{ readonly secret: string; readonly remember: boolean } | undefined> {
    const answer = await this.ask({ ...question, kind: 'secret', id: randomUUID() }, signal);
    if (answer?.kind !== 'secret' || answer.secret === null) return undefined;
    return { secret: answer.secret, remember: answer.remember };
  }

  pending(): Question[] {
    return [...this.waiting.values()].map(({ question }) => question);
  }

  /** An answer to a question that is closed already is let go. */
  answer(answer: Answer): void {
    const pending = this.waiting.get(answer.id);
    if (pending?.question.kind !== answer.kind) return;
    this.close(answer.id, answer);
  }

  private ask(question: Question, signal: AbortSignal): Promise<Answer | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const onAbort = (): void => {
        this.close(question.id, undefined);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.set(question.id, {
        question,
        resolve: (answer) => {
          signal.removeEventListener('abort', onAbort);
          resolve(answer);
        },
      });
      this.onAsk(question);
    });
  }

  private close(id: string, answer: Answer | undefined): void {
    const pending = this.waiting.get(id);
    this.waiting.delete(id);
    pending?.resolve(answer);
    this.onClose(id);
  }
}
