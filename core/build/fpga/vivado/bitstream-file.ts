import { CortadoError } from '../../../common/errors.ts';
import { readInputFile } from '../../../common/read-input.ts';

/** What the header of a .bit file says. */
export interface BitstreamHeader {
  readonly design: string;
  /** Without the family's `xc`, with package: `7z020clg400`. */
  readonly part: string;
  readonly date: string;
  readonly time: string;
  /** Of the design's name; the fingerprint of the sources in ours, null where there is none. */
  readonly userId: number | null;
  /** Of the configuration itself. */
  readonly bytes: number;
}

const MAGIC = [0x0f, 0xf0, 0x0f, 0xf0, 0x0f, 0xf0, 0x0f, 0xf0, 0x00];
/** The word that wakes the part's configuration logic, within the first bytes. */
const SYNC = [0xaa, 0x99, 0x55, 0x66];
const SYNC_WITHIN = 4096;

/**
 * Reads a .bit file's header and checks that the file is whole.
 * @throws CortadoError `file.read`, `bitstream.damaged`
 */
export async function readBitstream(file: string): Promise<BitstreamHeader> {
  return parseBitstream(await readInputFile(file, 'The bitstream'), file);
}

/** @throws CortadoError `bitstream.damaged` */
export function parseBitstream(bytes: Uint8Array, file: string): BitstreamHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (count > bytes.length - at) throw damaged(file, 'it ends too early');
    at += count;
    return bytes.subarray(at - count, at);
  };
  const short = (): number => {
    take(2);
    return view.getUint16(at - 2);
  };
  const expect = (key: string): void => {
    if (take(1)[0] !== key.charCodeAt(0)) throw damaged(file, `its header lacks the field ${key}`);
  };
  const text = (key: string): string => {
    expect(key);
    return new TextDecoder('latin1').decode(take(short())).replace(/\0+$/, '');
  };
  if (short() !== MAGIC.length || !equal(take(MAGIC.length), MAGIC) || short() !== 1)
    throw damaged(file, 'it does not begin as one');
  const [design, part, date, time] = ['a', 'b', 'c', 'd'].map(text);
  expect('e');
  take(4);
  const data = take(view.getUint32(at - 4));
  if (at !== bytes.length) throw damaged(file, 'something follows its end');
  if (data.length % 4 !== 0 || !hasSync(data)) throw damaged(file, 'it has no configuration in it');
  const userId = /;UserID=0X([0-9a-f]{1,8})(;|$)/i.exec(design)?.[1];
  return {
    design: design.split(';')[0],
    part,
    date,
    time,
    userId: userId === undefined ? null : Number.parseInt(userId, 16),
    bytes: data.length,
  };
}

/**
 * Refuses a bitstream that is not the accelerator for this part from these sources, as the agent does before it loads one.
 * @param part `xc7z020`
 * @param fingerprint of rtl-fingerprint.ts
 * @throws CortadoError `bitstream.part`, `bitstream.foreign`, `bitstream.fingerprint`
 */
export function checkBitstream(header: BitstreamHeader, part: string, fingerprint: number, file: string): void {
  if (!bare(header.part).startsWith(bare(part))) {
    throw new CortadoError(
      'bitstream.part',
      `The bitstream is for another part: ${header.part} in place of ${part}.`,
      'Give the one that was built for this board.',
      { location: { file } },
    );
  }
  if (!header.design.startsWith('cortado') || header.userId === null) {
    throw new CortadoError(
      'bitstream.foreign',
      `The bitstream holds another design: "${header.design}".`,
      'Give one that native/fpga/vivado/build.tcl built.',
      { location: { file } },
    );
  }
  if (header.userId !== fingerprint) {
    throw new CortadoError(
      'bitstream.fingerprint',
      `The bitstream was built from other sources of the accelerator: ${hex(header.userId)} in place of ${hex(fingerprint)}.`,
      'Build it with the release of Cortado that builds the packages.',
      { location: { file } },
    );
  }
}

function bare(part: string): string {
  return part.toLowerCase().replace(/^xc/, '');
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function equal(bytes: Uint8Array, wanted: readonly number[]): boolean {
  return bytes.length === wanted.length && wanted.every((byte, index) => bytes[index] === byte);
}

function hasSync(data: Uint8Array): boolean {
  const end = Math.min(data.length, SYNC_WITHIN) - SYNC.length;
  for (let at = 0; at <= end; at += 1) if (equal(data.subarray(at, at + SYNC.length), SYNC)) return true;
  return false;
}

function damaged(file: string, reason: string): CortadoError {
  return new CortadoError(
    'bitstream.damaged',
    `This is no complete .bit file: ${reason}.`,
    'Copy it again, or build it again.',
    { location: { file } },
  );
}
