import { Option, type Command } from 'commander';
import { writeFileAtomically } from '../../common/files.ts';
import { reportJson } from '../../report/create.ts';
import { layersCsv, samplesCsv, summaryCsv } from '../../report/csv.ts';
import { reportHtml } from '../../report/html/page.ts';
import { readReport } from '../../report/read.ts';
import type { Report } from '../../report/schema.ts';
import { comparisonText, reportText } from '../../report/text.ts';
import { note, print } from '../terminal.ts';

type CsvContent = 'summary' | 'samples' | 'layers';

interface ShowFlags {
  readonly compare?: string;
}

interface ExportFlags extends ShowFlags {
  readonly format: 'html' | 'csv' | 'json';
  readonly content: CsvContent;
  readonly output?: string;
}

const compareOption = ['--compare <file>', 'another report to put beside it'] as const;

export function addReportCommand(program: Command): void {
  const command = program.command('report').description('shows or exports the report of a deployment');
  command
    .command('show')
    .description('prints a report')
    .argument('<report>', 'what "cortado deploy --report" wrote')
    .option(...compareOption)
    .action(async (path: string, flags: ShowFlags) => {
      const report = await readReport(path);
      print(reportText(report));
      if (flags.compare !== undefined) print(`\n${comparisonText(await readReport(flags.compare), report)}`);
    });
  command
    .command('export')
    .description('writes a report as a page, a table or JSON')
    .argument('<report>', 'what "cortado deploy --report" wrote')
    .addOption(new Option('--format <name>', 'html, csv or json').choices(['html', 'csv', 'json']).default('html'))
    .addOption(
      new Option('--content <name>', 'what a CSV holds').choices(['summary', 'samples', 'layers']).default('summary'),
    )
    .option('--output <file>', 'standard output if absent')
    .option(...compareOption)
    .action(async (path: string, flags: ExportFlags) => {
      const report = await readReport(path);
      const other = flags.compare === undefined ? undefined : await readReport(flags.compare);
      const text = exported(report, other, flags);
      if (flags.output === undefined) {
        print(text);
        return;
      }
      await writeFileAtomically(flags.output, text);
      note(`Wrote ${flags.output}`);
    });
}

function exported(report: Report, other: Report | undefined, { format, content }: ExportFlags): string {
  switch (format) {
    case 'html':
      return reportHtml(report, other);
    case 'json':
      return reportJson(report);
    case 'csv':
      return csv(report, other, content);
  }
}

function csv(report: Report, other: Report | undefined, content: CsvContent): string {
  switch (content) {
    case 'summary':
      return summaryCsv(other === undefined ? [report] : [report, other]);
    case 'samples':
      return samplesCsv(report);
    case 'layers':
      return layersCsv(report);
  }
}
