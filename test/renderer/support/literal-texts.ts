import type { AST } from 'svelte/compiler';

/** Attributes that are read out or shown. */
const READABLE = new Set([
  'title',
  'alt',
  'placeholder',
  'label',
  'text',
  'help',
  'hint',
  'aria-label',
  'aria-description',
]);
/** Examples that are the same in every language: an address, a user name. */
const ALLOWED = new Set(['192.168.1.20', 'pi']);

/** Texts that stand in a component's markup instead of in the catalogues. Signs without a letter are none. */
export function literalTexts(root: AST.Root): string[] {
  const found: string[] = [];
  walk(root.fragment, found);
  return found;
}

function walk(node: unknown, found: string[]): void {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type } = node as { readonly type?: string };
  if (type === 'Text') {
    note((node as AST.Text).data, found);
    return;
  }
  // A style's value is no text to read.
  if (type === 'StyleDirective') return;
  if (type === 'Attribute') {
    const { name, value } = node as AST.Attribute;
    if (READABLE.has(name)) walk(value, found);
    else if (value !== true && !Array.isArray(value)) walk(value, found);
    return;
  }
  for (const [key, each] of Object.entries(node)) if (key !== 'parent' && key !== 'metadata') walk(each, found);
}

function note(text: string, found: string[]): void {
  const trimmed = text.trim();
  if (/\p{L}/u.test(trimmed) && !ALLOWED.has(trimmed)) found.push(trimmed);
}
