import { describe, expect, it } from 'vitest';
import { sampleLatencies, sampleReport } from '../report.fixture.ts';
import { reportHtml } from './page.ts';

const report = sampleReport(sampleLatencies(300, 2.4e6));

describe('reportHtml', () => {
  it('needs nothing from elsewhere', () => {
    const html = reportHtml(report);
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|https?:\/\//);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('prefers-color-scheme:dark');
    expect(html).not.toContain('<!--');
  });

  it('escapes what comes from models and boards', () => {
    const evil = '<img src=x onerror="alert(1)">';
    const html = reportHtml({
      ...report,
      package: { ...report.package, name: evil, file: evil },
      board: { ...report.board, model: evil, hostname: evil },
      layers: [{ layer: evil, kind: evil, kernel: evil, medianNs: 1, macs: 1, cycles: null }],
      outputs: [{ name: evil, shape: [1], top: [{ index: 0, value: 1, label: evil }] }],
      warnings: [evil],
    });
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
  });

  it('describes every drawing in words', () => {
    const drawings = reportHtml(report).match(/<svg[^>]*>/g) ?? [];
    expect(drawings).toHaveLength(3);
    for (const drawing of drawings) expect(drawing).toMatch(/role="img" aria-label="[^"]{30,}"/);
  });

  it('draws with the components of the window, each with its styles', () => {
    const html = reportHtml(report);
    for (const [, name] of html.matchAll(/class="[^"]*(svelte-[a-z0-9]+)"/g)) expect(html).toContain(`.${name}`);
    const styles = html.match(/<style[^>]*>/g) ?? [];
    // The page's own, those of the frame and of three charts.
    expect(styles).toHaveLength(5);
    const drawn = html.slice(html.indexOf('<svg'));
    for (const part of ['class="band', 'class="running', 'class="median', 'class="mark', '<rect'])
      expect(drawn).toContain(part);
  });

  it('draws lists of any length with finite numbers', () => {
    for (const samples of [[5e6], [5e6, 5e6, 5e6], [0, 0], sampleLatencies(20_000, 3e5), [1, 1e10]]) {
      const html = reportHtml(sampleReport(samples));
      expect(html).not.toMatch(/NaN|Infinity|undefined/);
      expect((html.match(/<circle/g) ?? []).length).toBeLessThanOrEqual(1300);
      expect((html.match(/<circle/g) ?? []).length).toBeGreaterThanOrEqual(Math.min(samples.length, 900));
    }
  });

  it('puts another report beside it', () => {
    const html = reportHtml(report, { ...report, package: { ...report.package, precision: 'fp32' } });
    expect(html).toContain('Beside digits (fp32)');
    expect(html).toContain('1.00 x');
  });

  it('says on the first screen that an emulated board means nothing', () => {
    const html = reportHtml({ ...report, board: { ...report.board, kind: 'virtual', emulated: true } });
    expect(html.indexOf('times mean nothing')).toBeLessThan(html.indexOf('<h2>'));
  });
});
