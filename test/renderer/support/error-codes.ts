import { glob, readFile } from 'node:fs/promises';
import ts from 'typescript';

const CODE = /^[a-z0-9]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$/;

/** Where each code of an error that can reach the window is thrown; those of the command line alone are left out. */
export async function errorCodes(root: string): Promise<ReadonlyMap<string, string>> {
  const sources: ts.SourceFile[] = [];
  for await (const file of glob('{core,electron}/**/*.ts', { cwd: root })) {
    if (/\.(test|testing|fixture)\.ts$|^core\/cli\//.test(file)) continue;
    sources.push(ts.createSourceFile(file, await readFile(`${root}/${file}`, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  const makers = new Set(['CortadoError', ...sources.flatMap((source) => makersIn(source))]);
  const codes = new Map<string, string>();
  for (const source of sources) {
    visit(source, (node) => {
      if (!isCall(node) || !makers.has(nameOf(node.expression))) return;
      const first = node.arguments?.at(0);
      if (first !== undefined) for (const code of literalsOf(first)) codes.set(code, source.fileName);
    });
  }
  for (const [code, file] of await agentCodes(root)) codes.set(code, file);
  return codes;
}

/** Functions that make an error of a code which they are given. */
function makersIn(source: ts.SourceFile): string[] {
  const names: string[] = [];
  visit(source, (node) => {
    if (!ts.isNewExpression(node) || nameOf(node.expression) !== 'CortadoError') return;
    const code = node.arguments?.at(0);
    if (code === undefined || !ts.isIdentifier(code)) return;
    const maker = enclosingFunction(node);
    if (maker !== undefined) names.push(maker);
  });
  return names;
}

function enclosingFunction(node: ts.Node): string | undefined {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) return at.name?.getText();
    if (ts.isArrowFunction(at) && ts.isVariableDeclaration(at.parent)) return at.parent.name.getText();
  }
  return undefined;
}

/** Codes of the agent, which core hands on as they are. */
async function agentCodes(root: string): Promise<ReadonlyMap<string, string>> {
  const codes = new Map<string, string>();
  for await (const file of glob('native/{engine,agent,fpga/driver}/**/*.{cpp,h}', { cwd: root })) {
    if (file.includes('/test/')) continue;
    const text = await readFile(`${root}/${file}`, 'utf8');
    for (const [, code] of text.matchAll(/Refusal\{\s*"([a-z]+\.[a-z-]+)"/g)) codes.set(code, file);
  }
  return codes;
}

function isCall(node: ts.Node): node is ts.NewExpression | ts.CallExpression {
  return ts.isNewExpression(node) || ts.isCallExpression(node);
}

function nameOf(expression: ts.Expression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** The dotted codes that an expression can be. */
function literalsOf(expression: ts.Expression): string[] {
  if (ts.isStringLiteral(expression)) return CODE.test(expression.text) ? [expression.text] : [];
  if (!ts.isConditionalExpression(expression)) return [];
  return [...literalsOf(expression.whenTrue), ...literalsOf(expression.whenFalse)];
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => {
    visit(child, look);
  });
}
