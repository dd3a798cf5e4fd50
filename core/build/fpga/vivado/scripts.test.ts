import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCELERATOR_BOARDS, XC7Z010, XC7Z020 } from '../parts.ts';
import { rtlFingerprint } from '../rtl-fingerprint.ts';

const FPGA = resolve(import.meta.dirname, '../../../../native/fpga');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortado-vivado-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs build.tcl in tclsh against the stub, which records what Vivado would be told. */
function build(board: string, slack = '0.250', more: readonly string[] = []) {
  const record = join(folder, `${board}.record`);
  const output = join(folder, board);
  const { status, stdout, stderr } = spawnSync(
    'tclsh',
    [
      ...[join(FPGA, 'vivado/test/vivado-stub.tcl'), record, slack, join(FPGA, 'vivado/build.tcl')],
      ...[board, '-output', output, ...more],
    ],
    { encoding: 'utf8' },
  );
  const commands = existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : [];
  return { status, stdout, stderr, commands, output };
}

describe.each(ACCELERATOR_BOARDS)('the whole script for $board', ({ board, part }) => {
  test('creates, connects, implements and writes the design', async () => {
    const { status, stdout, stderr, commands, output } = build(board);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const fingerprint = (await rtlFingerprint(join(FPGA, 'rtl'), part.name)).toString(16).padStart(8, '0');
    const wanted = [
      new RegExp(`^create_project -force cortado-${board} .* -part ${part.name}clg(400|484)-1$`),
      /^add_files -norecurse .*\/cortado_pkg\.sv .*\/cortado_accelerator\.sv/,
      /^set_property verilog_define CORTADO_DSP48E1 /,
      /^create_bd_cell -type ip -vlnv xilinx\.com:ip:processing_system7:5\.10 ps7$/,
      /PCW_FPGA0_PERIPHERAL_FREQMHZ 100 .*PCW_USE_M_AXI_GP0 1 .*PCW_IRQ_F2P_INTR 1/,
      /PCW_USE_S_AXI_HP3 1 CONFIG\.PCW_S_AXI_HP3_DATA_WIDTH 64/,
      new RegExp(`^set_property CONFIG\\.P ${part.streams} `),
      /^set_property CONFIG\.Blocks 4 /,
      new RegExp(`^set_property CONFIG\\.WeightRows ${part.weightSets * 8} `),
      new RegExp(`^set_property CONFIG\\.Fingerprint 0x${fingerprint} `),
      /^connect_bd_intf_net get_bd_intf_pins:accelerator\/m_axi_hp2 get_bd_intf_pins:ps7\/S_AXI_HP2$/,
      /^connect_bd_net get_bd_pins:accelerator\/irq get_bd_pins:ps7\/IRQ_F2P$/,
      /^assign_bd_address -offset 0x40000000 -range 64K .*accelerator\/s_axi_ctl\/reg0$/,
      /^validate_bd_design$/,
      /^synth_design -top cortado_wrapper /,
      /^place_design$/,
      /^route_design$/,
      /^report_utilization -file /,
      /^report_timing_summary /,
      new RegExp(`^set_property BITSTREAM\\.CONFIG\\.USERID 0x${fingerprint} `),
      new RegExp(`^write_bitstream -force -bin_file .*cortado-${board}\\.bit$`),
    ];
    // Each after the one before.
    let at = -1;
    for (const pattern of wanted) {
      const next = commands.findIndex((command, index) => index > at && pattern.test(command));
      expect(next, pattern.source).toBeGreaterThan(at);
      at = next;
    }
    const steps = [...stdout.matchAll(/^CORTADO_STEP (\d) of 8: /gm)].map(([, step]) => Number(step));
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(stdout).toContain(`CORTADO_DONE ${join(output, `cortado-${board}.bit`)}`);
  });
});

test('each board has its own memory and console', () => {
  const settings = (board: string) => build(board).commands.find((line) => line.includes('PCW_CRYSTAL')) ?? '';
  expect(settings('pynq-z1')).toContain('PCW_CRYSTAL_PERIPHERAL_FREQMHZ 50 CONFIG.PCW_UIPARAM_DDR_BUS_WIDTH {16 Bit}');
  expect(settings('zedboard')).toMatch(/33\.333333 .*\{32 Bit\}.*PCW_UART1_UART1_IO \{MIO 48 \.\. 49\}/);
});

test('the two parts have their own sizes of the array', () => {
  const sizes = (board: string) =>
    build(board).commands.flatMap((line) => /^set_property CONFIG\.(P|Depth) (\d+) /.exec(line)?.[2] ?? []);
  expect(sizes('zybo-z7-10')).toEqual([String(XC7Z010.streams), String(XC7Z010.depth)]);
  expect(sizes('zybo-z7-20')).toEqual([String(XC7Z020.streams), String(XC7Z020.depth)]);
});

test('every source of the accelerator is given to Vivado', () => {
  const names = readFileSync(join(FPGA, 'rtl/files.f'), 'utf8').trim().split('\n');
  const [added] = build('pynq-z2').commands.filter((line) => line.startsWith('add_files -norecurse'));
  for (const name of names) expect(added).toContain(`/${name}`);
});

test('a design that misses its clock gives no bitstream', () => {
  const { status, stderr, commands } = build('pynq-z1', '-0.5', ['-clock', '150']);
  expect(status).toBe(1);
  expect(stderr).toContain('CORTADO_ERROR the design misses its clock of 150 MHz: setup slack -0.5 ns');
  expect(commands.some((line) => line.startsWith('write_bitstream'))).toBe(false);
});

test('the clock reaches the processing system', () => {
  const { commands } = build('pynq-z1', '0.1', ['-clock', '125']);
  expect(commands.some((line) => line.includes('PCW_FPGA0_PERIPHERAL_FREQMHZ 125'))).toBe(true);
});

test.each([
  [['kria'], 'there is no board "kria": it is pynq-z1, pynq-z2, zedboard, zybo-z7-10, zybo-z7-20'],
  [['pynq-z1', '-speed', '3'], 'what is "-speed 3"?'],
  [['pynq-z1', '-fingerprint', 'xyz'], '"xyz" is no fingerprint'],
])('%j is refused', (words, message) => {
  const { status, stderr, commands } = build(words[0], '1', words.slice(1));
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(commands.some((line) => line.startsWith('create_project'))).toBe(false);
});
