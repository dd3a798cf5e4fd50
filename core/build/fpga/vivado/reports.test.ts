import { describe, expect, test } from 'vitest';
import { parseTiming, parseUtilisation } from './reports.ts';

// The lines that matter, in the forms of Vivado 2017 to 2020 and of those after it.
const OLD = `
| Tool Version : Vivado v.2020.2 (lin64) Build 3064766
| Design       : cortado_wrapper
| Device       : 7z020clg400-1
| Design State : Routed

+----------------------------+-------+-------+-----------+-------+
|          Site Type         |  Used | Fixed | Available | Util% |
+----------------------------+-------+-------+-----------+-------+
| Slice LUTs                 | 25358 |     0 |     53200 | 47.67 |
|   LUT as Logic             | 22376 |     0 |     53200 | 42.06 |
|   LUT as Memory            |  2982 |     0 |     17400 | 17.14 |
|     LUT as Shift Register  |   668 |     0 |           |       |
| Slice Registers            | 18392 |     0 |    106400 | 17.29 |
+----------------------------+-------+-------+-----------+-------+

+-------------------+-------+-------+-----------+-------+
|     Site Type     |  Used | Fixed | Available | Util% |
+-------------------+-------+-------+-----------+-------+
| Block RAM Tile    | 113.5 |     0 |       140 | 81.07 |
|   RAMB36/FIFO*    |   113 |     0 |       140 | 80.71 |
+-------------------+-------+-------+-----------+-------+

+----------------+------+-------+-----------+-------+
|    Site Type   | Used | Fixed | Available | Util% |
+----------------+------+-------+-----------+-------+
| DSPs           |  208 |     0 |       220 | 94.55 |
|   DSP48E1 only |  208 |       |           |       |
+----------------+------+-------+-----------+-------+
`;
const NEW = OLD.replaceAll('| Fixed | Available', '| Fixed | Prohibited | Available').replace(
  /^(\| (?!Tool|Design|Device).*\|\s+\d* \|)(\s+[\d.]* \|\s+[\d.]* \|)$/gm,
  '$1          0 |$2',
);

const TIMING = `
| Design Timing Summary
| ---------------------
------------------------------------------------------------------------------------------------

    WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints      WHS(ns)      THS(ns)  THS Failing Endpoints  THS Total Endpoints     WPWS(ns)     TPWS(ns)  TPWS Failing Endpoints  TPWS Total Endpoints  
    -------      -------  ---------------------  -------------------      -------      -------  ---------------------  -------------------     --------     --------  ----------------------  --------------------  
      0.221        0.000                      0                93621        0.018        0.000                      0                93621        3.750        0.000                       0                 38000  


All user specified timing constraints are met.
`;

describe('report_utilization', () => {
  test.each([
    ['older releases', OLD],
    ['newer releases', NEW],
    ['newer releases, with line ends of Windows', NEW.replaceAll('\n', '\r\n')],
  ])('as %s write it', (_, text) => {
    expect(parseUtilisation(text, 'u.rpt')).toEqual({
      device: '7z020clg400-1',
      luts: { used: 25358, available: 53200 },
      flipFlops: { used: 18392, available: 106400 },
      blockRams: { used: 113.5, available: 140 },
      dspSlices: { used: 208, available: 220 },
    });
  });

  test('newer releases have another column', () => {
    expect(NEW).toContain('| Prohibited |');
    expect(NEW).toContain('|     0 |          0 |     53200 |');
  });

  test('UltraScale+ has its own names', () => {
    const text = NEW.replace('Slice LUTs ', 'CLB LUTs* ').replace('Slice Registers', 'CLB Registers  ');
    expect(parseUtilisation(text, 'u.rpt').luts.used).toBe(25358);
    expect(parseUtilisation(text, 'u.rpt').flipFlops.used).toBe(18392);
  });

  test('a report without a resource is refused by its name', () => {
    expect(() => parseUtilisation(OLD.replace('| DSPs ', '| PSDs '), 'u.rpt')).toThrow(/no line "DSPs"/);
    expect(() => parseUtilisation('', 'u.rpt')).toThrow(expect.objectContaining({ code: 'vivado.report' }));
  });
});

describe('report_timing_summary', () => {
  test('its summary', () => {
    expect(parseTiming(TIMING, 't.rpt')).toEqual({
      setupSlackNs: 0.221,
      holdSlackNs: 0.018,
      pulseWidthSlackNs: 3.75,
      met: true,
    });
  });

  test.each(['0.221', '0.018', '3.750'])('a negative %s is a miss', (value) => {
    expect(parseTiming(TIMING.replace(value, `-${value}`), 't.rpt').met).toBe(false);
  });

  test('a report without it is refused', () => {
    expect(() => parseTiming(TIMING.replace('WNS', 'XYZ'), 't.rpt')).toThrow(
      expect.objectContaining({ code: 'vivado.report' }),
    );
    expect(() => parseTiming(TIMING.replace('3.750', 'NA'), 't.rpt')).toThrow(/WPWS/);
  });
});
