/**
 * What libvips' own GLib says when it meets the GLib that Electron has loaded on Linux: thousands of lines without a
 * meaning for anybody.
 */
const NOISE = /^(\(.*\): GLib-GObject-CRITICAL \*\*: .*)?$/;

/** Passes on what the engine prints, line by line, without the noise. */
export class EngineOutput {
  private rest = '';

  constructor(private readonly onText: (text: string) => void) {}

  add(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) if (!NOISE.test(line)) this.onText(`${line}\n`);
  }
}
