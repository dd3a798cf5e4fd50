import { basename } from 'node:path';
import { readInputFile } from '../../core/common/read-input.ts';
import { CortadoError } from '../../core/common/errors.ts';

/** Which class each picture is of, and what the classes are called. */
export class Labels {
  private constructor(
    private readonly classes: ReadonlyMap<string, number>,
    readonly names: readonly string[],
  ) {}

  /**
   * @param labels `file,class` a line, or `file class`; a head line without a number is passed over
   * @param classNames one name a line
   * @throws CortadoError `labels.line` naming file and line, `file.read`
   */
  static async read(labels: string | undefined, classNames: string | undefined): Promise<Labels> {
    const classes = labels === undefined ? new Map<string, number>() : parseLabels(await readText(labels), labels);
    const names = classNames === undefined ? [] : (await readText(classNames)).replace(/\r?\n$/, '').split(/\r?\n/);
    return new Labels(classes, names);
  }

  get isEmpty(): boolean {
    return this.classes.size === 0;
  }

  /** Class of a picture, by its name without the folder. */
  classOf(path: string): number | undefined {
    return this.classes.get(basename(path));
  }

  /** Name of a class; null where it has none. */
  nameOf(index: number): string | null {
    return this.names.at(index) ?? null;
  }

  /** What a picture is, in words; null where that is not known. */
  labelOf(path: string): string | null {
    const index = this.classOf(path);
    return index === undefined ? null : (this.nameOf(index) ?? String(index));
  }
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readInputFile(path, 'The label file'));
}

function parseLabels(text: string, file: string): ReadonlyMap<string, number> {
  const classes = new Map<string, number>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const match = /^\s*"?(.+?)"?\s*[,;\t ]\s*(\d+)\s*$/.exec(line);
    if (match !== null) {
      classes.set(basename(match[1]), Number(match[2]));
    } else if (index > 0) {
      throw new CortadoError(
        'labels.line',
        'The line is not "file,class" with the class as a number.',
        'Write one picture a line, its name and the number of its class, counted from 0.',
        { location: { file, line: index + 1 } },
      );
    }
  }
  return classes;
}
