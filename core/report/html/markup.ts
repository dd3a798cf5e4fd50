/** Text made safe for HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A table of names and values. */
export function factsTable(caption: string, facts: readonly (readonly [string, string])[]): string {
  const rows = facts.map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table class="facts"><caption>${escapeHtml(caption)}</caption><tbody>${rows.join('')}</tbody></table>`;
}

export interface HtmlColumn {
  readonly title: string;
  readonly numeric?: boolean;
}

/** A table with a header row. Cells are text unless `raw` markup. */
export function dataTable(
  caption: string,
  columns: readonly HtmlColumn[],
  rows: readonly (readonly (string | { readonly raw: string })[])[],
): string {
  const className = (index: number) => (columns[index].numeric === true ? ' class="number"' : '');
  const head = columns.map(({ title }, index) => `<th scope="col"${className(index)}>${escapeHtml(title)}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, index) => {
      const content = typeof cell === 'string' ? escapeHtml(cell) : cell.raw;
      return index === 0 ? `<th scope="row">${content}</th>` : `<td${className(index)}>${content}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="wide"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
