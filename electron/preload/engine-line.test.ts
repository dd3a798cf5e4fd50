import { describe, expect, it } from 'vitest';
import type { PortCall } from '../shared/messages.ts';
import { EngineLine, type Port } from './engine-line.ts';

class FakePort implements Port {
  readonly sent: PortCall[] = [];
  closed = false;
  onmessage: Port['onmessage'] = null;

  postMessage(message: unknown): void {
    this.sent.push(message as PortCall);
  }

  close(): void {
    this.closed = true;
  }

  answer(call: PortCall, outcome: unknown): void {
    this.onmessage?.({ data: { kind: 'answer', id: call.id, outcome } });
  }
}

const nothing = { ok: true, value: undefined };

describe('the line to the engine', () => {
  it('holds calls until there is a port, and gives each its own answer', async () => {
    const line = new EngineLine(() => undefined);
    const first = line.call('network.findPartner', { path: 'a' });
    const second = line.call('network.findPartner', { path: 'b' });
    const port = new FakePort();
    line.connect(port);
    expect(port.sent.map(({ args }) => args)).toEqual([{ path: 'a' }, { path: 'b' }]);
    port.answer(port.sent[1], { ok: true, value: 'B' });
    port.answer(port.sent[0], { ok: true, value: 'A' });
    expect([await first, await second]).toEqual([
      { ok: true, value: 'A' },
      { ok: true, value: 'B' },
    ]);
  });

  it('ends every call when the engine crashes, refuses further ones, and goes on with the next engine', async () => {
    const line = new EngineLine(() => undefined);
    const old = new FakePort();
    line.connect(old);
    const lost = line.call('project.get', undefined);
    line.note({ state: 'crashed' });
    expect(await lost).toMatchObject({ ok: false, error: { code: 'engine.gone' } });
    expect(await line.call('project.get', undefined)).toMatchObject({ ok: false, error: { code: 'engine.gone' } });
    expect(old.closed).toBe(true);
    line.note({ state: 'starting' });
    const next = line.call('questions.answer', { kind: 'hostKey', id: 'x', accept: true });
    const port = new FakePort();
    line.connect(port);
    port.answer(port.sent[0], nothing);
    expect(await next).toEqual(nothing);
  });

  it('ends what the replaced engine was asked', async () => {
    const line = new EngineLine(() => undefined);
    line.connect(new FakePort());
    const lost = line.call('project.get', undefined);
    line.connect(new FakePort());
    expect(await lost).toMatchObject({ ok: false, error: { code: 'engine.gone' } });
  });

  it('passes events on', () => {
    const told: unknown[] = [];
    const line = new EngineLine((name, payload) => told.push([name, payload]));
    const port = new FakePort();
    line.connect(port);
    port.onmessage?.({ data: { kind: 'event', name: 'project', payload: 1 } });
    expect(told).toEqual([['project', 1]]);
  });
});
