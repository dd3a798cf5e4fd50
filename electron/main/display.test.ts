import { describe, expect, it } from 'vitest';
import { hasDisplay } from './display.ts';
import { engineEnvironment } from './engine-environment.ts';
import { EngineOutput } from './engine-output.ts';

describe('a display', () => {
  it('is asked for on Linux only', () => {
    expect(hasDisplay('linux', {}, [])).toBe(false);
    expect(hasDisplay('linux', { DISPLAY: '' }, [])).toBe(false);
    expect(hasDisplay('linux', { DISPLAY: ':0' }, [])).toBe(true);
    expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' }, [])).toBe(true);
    expect(hasDisplay('darwin', {}, [])).toBe(true);
  });
});

describe("the engine's surroundings", () => {
  it("are the user's, without switches of Node", () => {
    const env = { PATH: '/bin', NODE_OPTIONS: '--require x', ELECTRON_RUN_AS_NODE: '1', NOTHING: undefined };
    expect(engineEnvironment(env)).toEqual({ PATH: '/bin' });
  });

  it('hear what it prints, line by line, but not the noise of two GLibs', () => {
    const heard: string[] = [];
    const output = new EngineOutput((text) => heard.push(text));
    output.add('\n(process:1): GLib-GObject-CRITICAL **: 1:0: g_object_ref: fail');
    output.add('ed\nfirst ');
    output.add('line\n\nsecond\nrest');
    expect(heard).toEqual(['first line\n', 'second\n']);
  });
});
