import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CortadoError } from '../../core/common/errors.ts';
import { INITIAL_DECISIONS } from '../../core/project/schema.ts';
import { checkEvent, checkOutcome } from '../preload/check.ts';
import { answerCall } from './answer-call.ts';
import { engineCalls, events, mainCalls } from './ipc-schema.ts';
import { fromWireError, toWireError } from './wire-error.ts';

/** What a port or Electron's IPC makes of a message. */
function travel<T>(message: T): T {
  return structuredClone(message);
}

describe('the schema', () => {
  it('has every call once', () => {
    const both = Object.keys(mainCalls).filter((name) => Object.hasOwn(engineCalls, name));
    expect(both).toEqual([]);
  });

  it('takes an initial project there and back', async () => {
    const view = { folder: '/p', name: 'p', decisions: INITIAL_DECISIONS, steps: [], stages: [], interrupted: null };
    const answer = await answerCall(engineCalls, { 'project.get': () => view }, 'project.get', undefined);
    expect(checkOutcome('project.get', travel(answer))).toEqual({ ok: true, value: view });
    expect(checkEvent('project', travel(view))).toEqual({ payload: view });
  });

  it('takes pictures as bytes', () => {
    const png = { width: 1, height: 1, png: new Uint8Array([1, 2, 3]) };
    expect(checkOutcome('images.thumbnail', travel({ ok: true, value: png }))).toEqual({ ok: true, value: png });
  });

  it('refuses arguments that do not fit, naming the field', async () => {
    let called = 0;
    const handlers = { 'project.decide': () => called++ };
    for (const args of [
      undefined,
      {},
      { step: 'run', change: { iterations: 0 } },
      { step: 'run', change: { odd: 1 } },
    ]) {
      const outcome = await answerCall(engineCalls, handlers, 'project.decide', args);
      expect(outcome).toMatchObject({ ok: false, error: { code: 'ipc.refused' } });
    }
    const outcome = await answerCall(engineCalls, handlers, 'project.decide', { step: 'run', change: { warmup: -1 } });
    expect(outcome.ok ? '' : outcome.error.message).toContain('change.warmup');
    expect(called).toBe(0);
  });

  it('has no calls by names that every object has', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 7, null]) {
      const outcome = await answerCall(mainCalls, {}, name, undefined);
      expect(outcome).toMatchObject({ ok: false, error: { code: 'ipc.refused' } });
    }
  });

  it('refuses answers and events that are not what was agreed on', () => {
    expect(checkOutcome('app.notices', { ok: true, value: 3 })).toMatchObject({
      ok: false,
      error: { code: 'ipc.malformed' },
    });
    expect(checkOutcome('app.notices', 'text')).toMatchObject({ ok: false, error: { code: 'ipc.malformed' } });
    expect(checkEvent('question.closed', { id: 3 })).toBeUndefined();
    expect(checkEvent('constructor', {})).toBeUndefined();
  });

  it('never takes a password into a decision', () => {
    const change = { step: 'board', change: { address: 'pi@board', password: 'secret' } };
    expect(v.safeParse(engineCalls['project.decide'].args, change).success).toBe(false);
    expect(Object.keys(events)).not.toContain('secret');
  });
});

describe('an error on the way', () => {
  it('keeps code, place and advice', () => {
    const error = new CortadoError('a.b', 'It failed.', 'Do this.', { location: { file: 'f', line: 3 } });
    expect(fromWireError(travel(toWireError(error)))).toMatchObject({
      ...{ name: 'CortadoError', code: 'a.b', message: 'It failed.', advice: 'Do this.' },
      location: { file: 'f', line: 3 },
    });
  });

  it('of a defect keeps its stack', () => {
    const wire = travel(toWireError(new RangeError('off by one')));
    expect(wire.code).toBe('defect');
    expect(fromWireError(wire).stack).toContain('RangeError: off by one');
  });
});
