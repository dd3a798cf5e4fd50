import type { FromEngine, SecretName } from '../shared/messages.ts';

/** Secrets as main keeps them: the engine itself never writes one down. */
export class MainSecrets {
  private nextId = 1;
  private readonly waiting = new Map<number, (secret: string | null) => void>();

  constructor(private readonly send: (message: FromEngine) => void) {}

  read(secret: SecretName): Promise<string | null> {
    return new Promise((resolve) => {
      const id = this.nextId++;
      this.waiting.set(id, resolve);
      this.send({ kind: 'readSecret', id, secret });
    });
  }

  keep(secret: SecretName, value: string): void {
    this.send({ kind: 'keepSecret', secret, value });
  }

  forget(secret: SecretName): void {
    this.send({ kind: 'forgetSecret', secret });
  }

  receive(id: number, secret: string | null): void {
    this.waiting.get(id)?.(secret);
    this.waiting.delete(id);
  }
}
