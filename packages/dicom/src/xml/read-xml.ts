import type { XmlSource } from './xml-source.ts';

/** `at`: where it begins in the text. Of attributes, those without a prefix; the others are checked and dropped. */
export type XmlEvent =
  | {
      readonly kind: 'start';
      readonly namespace: string;
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly at: number;
    }
  | { readonly kind: 'end'; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number };

/** Prefixes that an element declares; others are its parents'. */
type Scope = { readonly prefixes: ReadonlyMap<string, string>; readonly parent: Scope | undefined };

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';
const rootScope: Scope = { prefixes: new Map([['xml', xmlNamespace]]), parent: undefined };

const space = 0x20;
const slash = 0x2f;
const greater = 0x3e;
const longestName = 256;
/** Per element, namespaces included. The model has four. */
const mostAttributes = 256;
/** An XML name, with no more than one colon (XML 1.0 §2.3, Namespaces in XML §3). */
const start =
  'A-Za-z_\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}';
const local = `[${start}][${start}.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040-]*`;
const qualifiedName = new RegExp(`^(?:(${local}):)?(${local})$`, 'u');

const predefined: Readonly<Record<string, string>> = {
  __proto__: null as never,
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * The elements and character data of an XML 1.0 document, in order; namespaces resolved, references expanded.
 *
 * What the Native DICOM Model needs and no more: no document type, hence no entities but the five, and no processing
 * instructions. Everything else that makes a document ill-formed is refused, so that no two readers take it
 * differently. A library was weighed and not taken: this must run wherever `dicom` does, and DTD support that
 * does not exist cannot be switched on.
 *
 * Cost    O(text): every character is passed a bounded number of times; the stack of open names is all that it keeps.
 * Source  XML 1.0 (5th edition), Namespaces in XML 1.0.
 *
 * @throws DicomError DICOM_XML_INVALID      not well-formed
 * @throws DicomError DICOM_XML_DTD_REFUSED  a document type declaration, or a processing instruction
 */
export function* readXml(source: XmlSource): Generator<XmlEvent, void, undefined> {
  const { text, refuse } = source;
  const open: { readonly name: string; readonly scope: Scope }[] = [];
  let at = source.start;
  let rooted = false;
  while (at < text.length) {
    if (text.charCodeAt(at) !== 0x3c) {
      const from = at;
      at = text.indexOf('<', at);
      if (at < 0) at = text.length;
      const raw = text.slice(from, at);
      if (open.length > 0) {
        if (raw.includes(']]>')) refuse(from, 'Character data with "]]>"');
        yield { kind: 'text', text: expanded(source, raw, from, lineEnds), at: from };
      } else if (!isBlank(raw)) refuse(from, 'Text outside the root element');
    } else if (text.startsWith('<!--', at)) {
      const end = text.indexOf('--', at + 4);
      if (end < 0 || text.charCodeAt(end + 2) !== greater) refuse(at, 'A comment that does not end, or holds "--"');
      at = end + 3;
    } else if (text.startsWith('<![CDATA[', at)) {
      const end = text.indexOf(']]>', at + 9);
      if (end < 0 || open.length === 0) refuse(at, 'A CDATA section that does not end, or stands outside the root');
      yield { kind: 'text', text: lineEnds(text.slice(at + 9, end)), at };
      at = end + 3;
    } else if (text.startsWith('<!', at)) {
      refuse(at, 'Document types and what belongs to them are not read', 'DICOM_XML_DTD_REFUSED');
    } else if (text.startsWith('<?', at)) {
      refuse(at, 'Processing instructions are not read', 'DICOM_XML_DTD_REFUSED');
    } else if (text.charCodeAt(at + 1) === slash) {
      const name = nameAt(source, at + 2);
      const end = blanksAt(text, at + 2 + name.length);
      if (open.pop()?.name !== name || text.charCodeAt(end) !== greater) refuse(at, 'An end tag without its start tag');
      yield { kind: 'end', at };
      at = end + 1;
    } else {
      if (rooted && open.length === 0) refuse(at, 'A second root element');
      rooted = true;
      const tag = startTag(source, at, open.at(-1)?.scope ?? rootScope);
      yield tag.event;
      if (tag.empty) yield { kind: 'end', at };
      else open.push({ name: tag.name, scope: tag.scope });
      at = tag.end;
    }
  }
  if (!rooted || open.length > 0) refuse(text.length, 'The document ends before its root element does');
}

type StartTag = { event: XmlEvent; name: string; scope: Scope; empty: boolean; end: number };

function startTag(source: XmlSource, from: number, parent: Scope): StartTag {
  const { text, refuse } = source;
  const name = nameAt(source, from + 1);
  const attributes = new Map<string, string>();
  const prefixes = new Map<string, string>();
  const prefixed: [prefix: string, local: string][] = [];
  let at = from + 1 + name.length;
  for (;;) {
    const next = blanksAt(text, at);
    const code = text.charCodeAt(next);
    if (code === greater || (code === slash && text.charCodeAt(next + 1) === greater)) {
      const scope = prefixes.size === 0 ? parent : { prefixes, parent };
      const [prefix, localName] = cut(name);
      const seen = new Set<string>();
      for (const [ofAttribute, itsLocal] of prefixed) {
        const key = `${namespaceOf(source, scope, ofAttribute, from)} ${itsLocal}`;
        if (seen.size === seen.add(key).size) refuse(from, 'An attribute stands twice');
      }
      const namespace = prefix === '' ? (lookUp(scope, '') ?? '') : namespaceOf(source, scope, prefix, from);
      const event = { kind: 'start' as const, namespace, name: localName, attributes, at: from };
      return { event, name, scope, empty: code === slash, end: next + (code === slash ? 2 : 1) };
    }
    if (next === at) refuse(at, 'A tag that is none');
    if (attributes.size + prefixes.size + prefixed.length === mostAttributes) refuse(at, 'Too many attributes');
    const attribute = nameAt(source, next);
    at = blanksAt(text, next + attribute.length);
    if (text.charCodeAt(at) !== 0x3d) refuse(at, 'An attribute without a value');
    at = blanksAt(text, at + 1);
    const quote = text[at];
    const end = quote === '"' || quote === "'" ? text.indexOf(quote, at + 1) : -1;
    const raw = end < 0 ? '<' : text.slice(at + 1, end);
    if (raw.includes('<')) refuse(at, 'An attribute value that is none');
    const value = expanded(source, raw, at + 1, blanks);
    at = end + 1;

    const [prefix, localName] = cut(attribute);
    const declares = attribute === 'xmlns' ? '' : prefix === 'xmlns' ? localName : undefined;
    const into = declares === undefined ? attributes : prefixes;
    const key = declares ?? localName;
    if (declares !== undefined) checkDeclaration(source, declares, value, next);
    else if (prefix !== '') {
      prefixed.push([prefix, localName]);
      continue;
    }
    if (into.has(key)) refuse(next, 'An attribute stands twice');
    into.set(key, value);
  }
}

/** Namespaces in XML §3 and §5. */
function checkDeclaration({ refuse }: XmlSource, prefix: string, namespace: string, at: number): void {
  const reserved = namespace === xmlnsNamespace || prefix === 'xmlns';
  if (reserved || (prefix === 'xml') !== (namespace === xmlNamespace) || (prefix !== '' && namespace === ''))
    refuse(at, 'A namespace declaration that is not allowed');
}

function lookUp(scope: Scope, prefix: string): string | undefined {
  for (let from: Scope | undefined = scope; from !== undefined; from = from.parent) {
    const namespace = from.prefixes.get(prefix);
    if (namespace !== undefined) return namespace;
  }
  return undefined;
}

function namespaceOf({ refuse }: XmlSource, scope: Scope, prefix: string, at: number): string {
  return lookUp(scope, prefix) ?? refuse(at, 'A prefix that nothing declares');
}

function nameAt({ text, refuse }: XmlSource, at: number): string {
  let end = at;
  while (end < text.length && end - at <= longestName && !endsName(text.charCodeAt(end))) end++;
  const name = text.slice(at, end);
  if (!qualifiedName.test(name)) refuse(at, 'Not the name of an element or attribute');
  return name;
}

function endsName(code: number): boolean {
  return isBlankCode(code) || code === slash || code === greater || code === 0x3d || code === 0x3c;
}

function cut(name: string): [prefix: string, local: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)];
}

function isBlankCode(code: number): boolean {
  return code === space || code === 9 || code === 10 || code === 13;
}

function blanksAt(text: string, at: number): number {
  while (isBlankCode(text.charCodeAt(at))) at++;
  return at;
}

export function isBlank(text: string): boolean {
  return !/[^ \t\r\n]/.test(text);
}

/** XML 1.0 §2.11. */
function lineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** In attributes line ends and tabs are blanks (XML 1.0 §3.3.3). */
function blanks(text: string): string {
  return lineEnds(text).replace(/[\t\n]/g, ' ');
}

/** A reference is no longer: leading zeros apart, there is nothing longer to refer to. */
const longestReference = 16;
const piecesJoined = 8_192;

/**
 * With references replaced by what they stand for (XML 1.0 §4.1, §4.6); what is between them goes through `literal`.
 * Not `replace` with a function: V8 keeps every match, some hundred bytes each, until the last is found.
 */
function expanded({ refuse }: XmlSource, raw: string, at: number, literal: (text: string) => string): string {
  let amp = raw.indexOf('&');
  if (amp < 0) return literal(raw);
  const joined: string[] = [];
  let pieces: string[] = [];
  let from = 0;
  for (; amp >= 0; amp = raw.indexOf('&', from)) {
    const end = raw.indexOf(';', amp);
    const name = end < 0 || end - amp > longestReference ? '' : raw.slice(amp + 1, end);
    pieces.push(literal(raw.slice(from, amp)));
    pieces.push(referenced(name) ?? refuse(at + amp, 'A reference to no character'));
    from = end + 1;
    if (pieces.length < piecesJoined) continue;
    joined.push(pieces.join(''));
    pieces = [];
  }
  joined.push(...pieces, literal(raw.slice(from)));
  return joined.join('');
}

function referenced(name: string): string | undefined {
  if (!name.startsWith('#')) return predefined[name];
  const code = /^#x[\dA-Fa-f]+$/.test(name)
    ? Number.parseInt(name.slice(2), 16)
    : /^#\d+$/.test(name)
      ? Number.parseInt(name.slice(1), 10)
      : 0;
  const allowed =
    code === 9 || code === 10 || code === 13 || (code >= 0x20 && code < 0xd800) || (code > 0xdfff && code < 0xfffe);
  return allowed || (code > 0xffff && code <= 0x10ffff) ? String.fromCodePoint(code) : undefined;
}
