import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lastingMemory } from './glibc-memory.ts';

it("leaves the last word to the user's own settings", () => {
  const { GLIBC_TUNABLES } = lastingMemory({ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' });
  expect(GLIBC_TUNABLES).toMatch(/^glibc\.malloc\.hugetlb=1:.*:glibc\.malloc\.hugetlb=0$/);
  expect(lastingMemory({ GLIBC_TUNABLES: '' })).toEqual(lastingMemory({}));
});

const loader = '/lib64/ld-linux-x86-64.so.2';

it.runIf(existsSync(loader))('names what the C library knows, with values that it takes', () => {
  const environment = lastingMemory({});
  const known = execFileSync(loader, ['--list-tunables'], { env: environment }).toString();
  for (const setting of (environment.GLIBC_TUNABLES ?? '').split(':')) {
    const [name, value] = setting.split('=');
    expect(known).toMatch(new RegExp(`^${name}: 0x0*${Number(value).toString(16)} `, 'm'));
  }
});
