import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { makeEd25519KeyPair } from './ed25519.ts';

/** A pair like the one in 256 that ssh2 makes of a public key with a leading zero byte: a byte short, in both files. */
function malformed(): { private: string; public: string } {
  const name = Buffer.from('ssh-ed25519');
  const field = (data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, data]);
  };
  const blob = Buffer.concat([field(name), field(Buffer.alloc(31, 7))]);
  return { private: '', public: `ssh-ed25519 ${blob.toString('base64')}` };
}

describe('an ed25519 key pair', () => {
  it('is never one that cannot be read', () => {
    expect(ssh2.utils.parseKey(malformed().public)).toBeInstanceOf(Error);
    const good = makeEd25519KeyPair({ comment: 'me@here' });
    const made = [malformed(), malformed(), good];
    expect(makeEd25519KeyPair({}, () => made.shift() ?? good)).toBe(good);
    expect(made).toHaveLength(0);
    expect(good.public).toMatch(/ me@here$/);
    expect(ssh2.utils.parseKey(good.private)).not.toBeInstanceOf(Error);
  });

  it('is not sought for ever', () => {
    expect(() => makeEd25519KeyPair({}, malformed)).toThrow('malformed');
  });
});
