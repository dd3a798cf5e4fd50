import { protocol, type Session } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** The only address that a window shows. */
export const APP_ORIGIN = 'app://cortado';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Scripts come from the app alone. Svelte sets style attributes; pictures come from the engine as bytes. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "worker-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Must run before the app is ready. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
}

/** Serves the window's files from `folder`, and nothing from outside it. */
export function serveApp(session: Session, folder: string): void {
  session.protocol.handle('app', async (request) => {
    const path = fileOf(request.url, folder);
    if (request.method !== 'GET' || path === undefined) return new Response('', { status: 404 });
    try {
      const content = await readFile(path);
      return new Response(new Uint8Array(content), { headers: headersFor(path) });
    } catch {
      return new Response('', { status: 404 });
    }
  });
}

/** The file behind an address of the app; undefined where it names none of ours. */
export function fileOf(address: string, folder: string): string | undefined {
  const url = new URL(address);
  if (`${url.protocol}//${url.host}` !== APP_ORIGIN) return undefined;
  const path = normalize(join(folder, decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname)));
  return path.startsWith(`${normalize(folder)}${sep}`) && !path.includes('\0') ? path : undefined;
}

function headersFor(path: string): Record<string, string> {
  return {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
  };
}
