/** A .bit file as Vivado writes it, with a configuration of zeros behind the word that wakes the part. */
export function bitFile(part: string, design: string, words = 64): Buffer {
  const field = (key: string, text: string): Buffer => {
    const bytes = Buffer.from(`${text}\0`, 'latin1');
    return Buffer.concat([Buffer.from(key), short(bytes.length), bytes]);
  };
  const data = Buffer.alloc(words * 4);
  Buffer.from([0xaa, 0x99, 0x55, 0x66]).copy(data, 32);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([
    Buffer.from([0, 9, 0x0f, 0xf0, 0x0f, 0xf0, 0x0f, 0xf0, 0x0f, 0xf0, 0, 0, 1]),
    field('a', design),
    field('b', part),
    field('c', '2026/01/31'),
    field('d', '12:34:56'),
    Buffer.from('e'),
    length,
    data,
  ]);
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
