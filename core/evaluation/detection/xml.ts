/** An element of an XML file: its children and its text, without attributes. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** Comments, declarations, CDATA, tags (with their attributes), text. */
const token =
  /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[[^]*?\]\]>|<!(?:"[^"]*"|'[^']*'|[^>"'])*>|<(?:"[^"]*"|'[^']*'|[^>"'])*>|[^<]+/gy;

/** The XML that annotation tools write: elements and text. Throws a SyntaxError for what is not well formed. */
export function parseXml(xml: string): XmlElement {
  interface Open {
    readonly name: string;
    readonly children: XmlElement[];
    text: string;
  }
  const root: Open = { name: '', children: [], text: '' };
  const open: Open[] = [root];
  const content = xml.replace(/^\uFEFF/, '');
  token.lastIndex = 0;
  while (token.lastIndex < content.length) {
    const [part] = token.exec(content) ?? [];
    if (part === undefined) throw new SyntaxError('a tag does not end');
    const current = open[open.length - 1];
    if (part.startsWith('<![CDATA[')) current.text += part.slice(9, -3);
    else if (part.startsWith('<!') || part.startsWith('<?')) continue;
    else if (!part.startsWith('<'))
      current.text += part.replace(/&(\w+);/g, (all, name: string) => entities[name] ?? all);
    else {
      const [, closing, name = '', empty] = /^<(\/?)\s*([^\s/>]+)[^]*?(\/?)>$/.exec(part) ?? [];
      if (closing === '/') {
        if (open.length === 1 || current.name !== name) throw new SyntaxError(`</${name}> closes nothing`);
        open.pop();
      } else {
        const element: Open = { name, children: [], text: '' };
        current.children.push(element);
        if (empty === '') open.push(element);
      }
    }
  }
  if (open.length > 1) throw new SyntaxError(`<${open[open.length - 1].name}> is not closed`);
  if (root.children.length !== 1) throw new SyntaxError('there is not one element around all others');
  return root.children[0];
}

/** The text of the first child of that name, trimmed. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text.trim();
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}
