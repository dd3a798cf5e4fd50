import { glob, readFile } from 'node:fs/promises';
import ts from 'typescript';

/** What a sentence of core can be, with `{0}`, `{1}` for what varies, and where it is written. */
export type Sentences = ReadonlyMap<string, string>;

/** Parts of core whose words never reach the window: what the command line alone does, and reports, which are files of their own. */
const ELSEWHERE = new RegExp(
  [
    '^core/cli/',
    '^core/report/(html|text|facts|accelerator)\\b',
    '^core/network/(drawing/|inspect-table)',
    '^core/evaluation/(detection/|layer-errors)',
    '^core/calibration/(shards|formats)/',
    '^core/build/fpga/(testing/|vivado/(run-vivado|build-bitstream))',
    '\\.(test|testing|fixture)\\.ts$',
  ].join('|'),
);
/** Whoever is called with these speaks to the developer, or of names. */
const SILENT = new Set(['Error', 'TypeError', 'RangeError', 'RegExp', 'describe', 'assertNever', 'require']);

/**
 * Every text of core and of the engine that reads like words for a person: of three words and more, but for what a developer sees
 * and for the advice of errors, which the window has its own words for.
 */
export async function coreSentences(root: string): Promise<Sentences> {
  const sources: ts.SourceFile[] = [];
  for await (const file of glob('{core,electron/engine}/**/*.ts', { cwd: root })) {
    if (ELSEWHERE.test(file)) continue;
    sources.push(ts.createSourceFile(file, await readFile(`${root}/${file}`, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  const advisers = new Map([['CortadoError', 2], ...sources.flatMap((source) => advisersIn(source))]);
  const found = new Map<string, string>();
  for (const source of sources) {
    collect(source, advisers, (node) => {
      for (const text of texts(node)) {
        if (!isSentence(text) && !isNameOfProgress(node)) continue;
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        found.set(numbered(text), `${source.fileName}:${line + 1}`);
      }
    });
  }
  return found;
}

/** Functions that are given an advice, with its place among their arguments. */
function advisersIn(source: ts.SourceFile): readonly (readonly [name: string, place: number])[] {
  const found: (readonly [string, number])[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const place = node.parameters.findIndex(({ name }) => name.getText() === 'advice');
      const { parent } = node;
      const name = node.name ?? (ts.isVariableDeclaration(parent) ? parent.name : undefined);
      if (place >= 0 && name !== undefined) found.push([name.getText(), place]);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

function collect(node: ts.Node, advisers: ReadonlyMap<string, number>, take: (node: ts.Expression) => void): void {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'advice') return;
  if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.arguments !== undefined) {
    const name = calledName(node.expression);
    if (SILENT.has(name)) return;
    const advice = advisers.get(name);
    if (advice !== undefined) {
      node.arguments.forEach((argument, place) => {
        if (place !== advice) collect(argument, advisers, take);
      });
      return;
    }
  }
  if (isText(node)) {
    take(node);
    return;
  }
  ts.forEachChild(node, (child) => {
    collect(child, advisers, take);
  });
}

function calledName(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function isText(node: ts.Node): node is ts.Expression {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return true;
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken && hasText(node);
}

function hasText(node: ts.Expression): boolean {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return true;
  return ts.isBinaryExpression(node) && (hasText(node.left) || hasText(node.right));
}

/** All that an expression can say; `\0` stands for what varies. */
function texts(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return texts(node.expression);
  if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return joined(texts(node.left), texts(node.right));
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce<readonly string[]>(
      (before, { expression, literal }) => joined(joined(before, texts(expression)), [literal.text]),
      [node.head.text],
    );
  }
  return ['\0'];
}

function joined(first: readonly string[], second: readonly string[]): readonly string[] {
  return first.flatMap((start) => second.map((end) => start + end));
}

/** However short, the name of what is under way is read. */
function isNameOfProgress(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isNewExpression(parent))
    return calledName(parent.expression) === 'ProgressMeter' && parent.arguments?.[0] === node;
  return ts.isPropertyAssignment(parent) && parent.name.getText() === 'stage' && /^[a-z]+ing( |$)/.test(texts(node)[0]);
}

function isSentence(text: string): boolean {
  return !/[\n$<]/.test(text) && (text.match(/[A-Za-z][a-z']*/g) ?? []).length >= 3 && /[a-z] [a-z]/.test(text);
}

function numbered(text: string): string {
  let count = 0;
  return text.replace(/\0/g, () => `{${count++}}`);
}
