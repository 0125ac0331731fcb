import { s3Error } from './s3Error.ts';

/** An element of a request body; mixed content does not occur in S3's requests. */
export interface XmlElement {
  name: string;
  text: string;
  children: XmlElement[];
}

/** CompleteMultipartUpload > Part > ETag, Delete > Object > Key. */
const MAX_DEPTH = 3;
const TOKEN =
  /<\?xml[^<>]*\?>|<(?<close>\/?)(?<name>[A-Za-z][A-Za-z0-9]*)(?:\s+[A-Za-z:]+=(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/y;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the two request bodies of S3 and refuses all that those never hold: document types, comments, CDATA.
 * @throws MalformedXML
 */
export function parseXml(body: string, root: string): XmlElement {
  const document: XmlElement = { name: '', text: '', children: [] };
  const open = [document];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const token = TOKEN.exec(body)?.groups;
    if (token === undefined) throw malformed();
    addToken(open, token);
  }
  const [element, second] = document.children;
  if (open.length !== 1 || element?.name !== root || second !== undefined) throw malformed();
  return element;
}

/** Text of a child, or undefined when there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

function addToken(open: XmlElement[], { name, close, empty, text }: Record<string, string | undefined>): void {
  const parent = open.at(-1);
  if (parent === undefined) throw malformed();
  if (text !== undefined) {
    parent.text += unescapeText(text);
    return;
  }
  if (name === undefined) return;
  if (close === '/') {
    if (open.length === 1 || parent.name !== name) throw malformed();
    open.pop();
    return;
  }
  const element: XmlElement = { name, text: '', children: [] };
  parent.children.push(element);
  if (empty === '/') return;
  if (open.length > MAX_DEPTH) throw malformed();
  open.push(element);
}

function unescapeText(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]+);|&/g, (_, entity: string | undefined) => {
    if (entity === undefined) throw malformed();
    if (!entity.startsWith('#')) return entities[entity] ?? refuseEntity();
    const code = Number(entity.startsWith('#x') ? `0x${entity.slice(2)}` : entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : refuseEntity();
  });
}

function refuseEntity(): never {
  throw malformed();
}

function malformed(): Error {
  return s3Error('MalformedXML', 'The XML you provided was not well-formed');
}
