import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { VirtualDisplay } from './display.ts';

const PAUSE_MS = 200;
const MOST_TRIES = 100;

/** What the page is asked, once it can be: when its largest part was drawn, and that it is the first step. */
const DRAWN_AT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent.includes('Open the sample'));
    if (button === undefined || button.disabled) return;
    resolve(performance.timeOrigin + list.getEntries().at(-1).startTime);
  }).observe({ type: 'largest-contentful-paint', buffered: true });
})`;

/**
 * Milliseconds from the start of the app's process, for a user who has never started it, until its first step is drawn and can
 * be used. Nothing holds the start up: the page is asked afterwards.
 *
 * @param app folder of the bundles; absent where the executable holds the app itself
 */
export async function coldStart(executable: string, app?: string): Promise<number> {
  const display = await VirtualDisplay.start();
  const home = await mkdtemp(join(tmpdir(), 'cortado-start-'));
  const started = Date.now();
  const electron = spawn(
    executable,
    [
      // Chromium's sandbox refuses to run as root, which containers are often used as.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--remote-debugging-port=0',
      ...(app === undefined ? [] : [app]),
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        ...{ DISPLAY: display.name, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), LANGUAGE: 'en' },
      },
    },
  );
  try {
    return (await drawnAt(await debuggingPort(electron.stderr))) - started;
  } finally {
    const ended = new Promise((resolve) => electron.once('exit', resolve));
    electron.kill();
    await ended;
    await display.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function debuggingPort(output: Readable): Promise<string> {
  const lines = createInterface({ input: output });
  for await (const line of lines) {
    const port = /^DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
    if (port === undefined) continue;
    // Whatever else it says has to go somewhere.
    output.resume();
    return port;
  }
  throw new Error('Electron ended before it could be asked');
}

async function drawnAt(port: string): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const at = await askPage(await pageAddress(port));
    if (at !== undefined) return at;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error('the page does not say when it was drawn');
}

/** Undefined where the page has not been loaded yet. */
async function askPage(address: string): Promise<number | undefined> {
  const socket = new WebSocket(address);
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      socket.onopen = () => {
        const params = { expression: DRAWN_AT, awaitPromise: true, returnByValue: true };
        socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
      };
      socket.onmessage = ({ data }) => {
        const { result } = JSON.parse(String(data)) as { result?: { result?: { value?: number } } };
        resolve(result?.result?.value);
      };
      socket.onerror = () => {
        reject(new Error('the line to the page broke'));
      };
    });
  } finally {
    socket.close();
  }
}

/** Waits for the page. */
async function pageAddress(port: string): Promise<string> {
  for (;;) {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      readonly type: string;
      readonly url: string;
      readonly webSocketDebuggerUrl: string;
    }[];
    const page = targets.find(({ type, url }) => type === 'page' && url.startsWith('app://'));
    if (page !== undefined) return page.webSocketDebuggerUrl;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
