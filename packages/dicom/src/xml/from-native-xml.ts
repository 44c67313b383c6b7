import { implicitVr } from '../dictionary/dictionary.ts';
import { tags, tagText } from '../dictionary/tags.ts';
import { binary, knownVrs } from '../dictionary/vr.ts';
import { fromBase64 } from '../json/base64.ts';
import type { DicomJson, DicomJsonAttribute, DicomJsonPersonName, DicomJsonValue } from '../json/dicom-json.ts';
import { componentNames, nativeXmlNamespace } from './native-xml.ts';
import { assignBlocks, type Blockless } from './private-blocks.ts';
import { jsonValue } from './read-value.ts';
import { isBlank, readXml, type XmlEvent } from './read-xml.ts';
import { type XmlSource, xmlSource } from './xml-source.ts';

export type NativeXmlReadOptions = {
  /** Sequences within sequences. Default 100. */
  maxDepth?: number;
  /** Attributes, items, and values that are only implied by the number of a later one. Default 1,000,000. */
  maxElements?: number;
  /** Bytes, or of a string UTF-16 code units. Default 256 MiB. */
  maxBytes?: number;
};

/** Which elements stand where (PS3.19 §A.1.6). What is not listed holds character data. */
const children: Readonly<Record<string, readonly string[]>> = {
  __proto__: null as never,
  '': ['NativeDicomModel'],
  NativeDicomModel: ['DicomAttribute'],
  Item: ['DicomAttribute'],
  DicomAttribute: ['Value', 'Item', 'PersonName', 'BulkData', 'InlineBinary'],
  PersonName: ['Alphabetic', 'Ideographic', 'Phonetic'],
  Alphabetic: componentNames,
  Ideographic: componentNames,
  Phonetic: componentNames,
  BulkData: [],
};

/** The attributes of each, in PS3.19's order; on others none is allowed. */
const attributesOf: Readonly<Record<string, readonly string[]>> = {
  __proto__: null as never,
  DicomAttribute: ['tag', 'vr', 'keyword', 'privateCreator'],
  Value: ['number'],
  Item: ['number'],
  PersonName: ['number'],
  BulkData: ['uuid', 'uri'],
};

type Start = Extract<XmlEvent, { kind: 'start' }>;

type OpenAttribute = {
  readonly tag: number;
  readonly vr: string | undefined;
  readonly creator: string;
  readonly at: number;
  /** Which of the five children it has; one kind only. */
  content?: string;
  readonly values: DicomJsonValue[];
  /** Of InlineBinary or BulkData. */
  single?: string;
};

type OpenDataSet = {
  readonly elements: Map<number, DicomJsonAttribute>;
  readonly blockless: Blockless[];
  attribute?: OpenAttribute | undefined;
};

/**
 * The data set of a Native DICOM Model document.
 *
 * IS, DS, SV and UV stay strings, as they are written; FL, FD and other numbers become numbers, FL of 32 bits, and
 * "NaN", "inf" and "-inf" as in DICOM JSON. A BulkData with a UUID becomes the URI `urn:uuid:`.
 * Numbers that are left out are empty values or items. A VR that is left out is the dictionary's.
 * Private elements go into the block that their creator reserves in the same data set, or into the first free one,
 * which is then reserved for it. Group lengths are dropped (§A.1.1), group 0002 is not.
 * Accepted: the model's namespace, or none, as DCMTK writes it unless asked; every other name is refused.
 *
 * Law     `fromNativeXml(toNativeXml(ds))` is `toDicomJson(ds)`, but for what stays a string, what XML cannot carry, and
 *         blocks of one creator that need not be two.
 * Cost    O(document), iterative; memory some times the document.
 * Source  PS3.19 §A.1.5, §A.1.6.
 *
 * @throws DicomError DICOM_XML_INVALID        not well-formed, or not the model's; `at` is the offset
 * @throws DicomError DICOM_XML_DTD_REFUSED    a document type, entity, or processing instruction
 * @throws DicomError DICOM_XML_TOO_LARGE      more than `maxBytes`
 * @throws DicomError DICOM_TOO_DEEP           more than `maxDepth`
 * @throws DicomError DICOM_TOO_MANY_ELEMENTS  more than `maxElements`
 * @throws DicomError DICOM_DUPLICATE_ELEMENT  the same tag twice in one data set
 */
export function fromNativeXml(xml: Uint8Array | string, options: NativeXmlReadOptions = {}): DicomJson {
  const source = xmlSource(xml, options.maxBytes ?? 256 * 1024 * 1024);
  const reader = new ModelReader(source, options.maxDepth ?? 100, options.maxElements ?? 1_000_000);
  for (const event of readXml(source)) {
    if (event.kind === 'start') reader.start(event);
    else if (event.kind === 'end') reader.end(event.at);
    else reader.text(event.text, event.at);
  }
  return reader.root;
}

class ModelReader {
  root: DicomJson = Object.create(null);
  readonly #source: XmlSource;
  readonly #maxDepth: number;
  readonly #maxElements: number;
  #elements = 0;
  readonly #names = [''];
  readonly #dataSets: OpenDataSet[] = [];
  /** Character data of the open leaf. */
  #pieces: string[] = [];
  #group: (string | undefined)[] = [];
  #person: DicomJsonPersonName = {};

  constructor(source: XmlSource, maxDepth: number, maxElements: number) {
    this.#source = source;
    this.#maxDepth = maxDepth;
    this.#maxElements = maxElements;
  }

  start(event: Start): void {
    const { namespace, name, at } = event;
    const known = namespace === nativeXmlNamespace || namespace === '';
    if (!known || children[this.#names.at(-1)!]?.includes(name) !== true)
      this.#source.refuse(at, 'An element that the Native DICOM Model does not have here');
    for (const key of event.attributes.keys())
      if (attributesOf[name]?.includes(key) !== true)
        this.#source.refuse(at, 'An attribute that the Native DICOM Model does not have here');
    this.#names.push(name);
    this.#pieces = [];
    if (name === 'NativeDicomModel') this.#dataSets.push({ elements: new Map(), blockless: [] });
    else if (name === 'DicomAttribute') this.#openAttribute(event);
    else if (children.DicomAttribute!.includes(name)) this.#openContent(event);
    else if (Object.hasOwn(this.#person, name)) this.#source.refuse(at, 'A group of a name stands twice');
  }

  text(text: string, at: number): void {
    if (children[this.#names.at(-1)!] === undefined) this.#pieces.push(text);
    else if (!isBlank(text)) this.#source.refuse(at, 'Text where the Native DICOM Model has none');
  }

  end(at: number): void {
    const name = this.#names.pop()!;
    const attribute = this.#dataSets.at(-1)?.attribute;
    switch (name) {
      case 'NativeDicomModel':
        this.root = this.#closeDataSet(at);
        break;
      case 'Item': {
        const item = this.#closeDataSet(at);
        this.#dataSets.at(-1)!.attribute!.values.push(item);
        break;
      }
      case 'DicomAttribute':
        this.#closeAttribute();
        break;
      case 'Value':
        attribute!.values.push(this.#pieces.join('') || null);
        break;
      case 'InlineBinary':
        attribute!.single = this.#pieces.join('');
        break;
      case 'PersonName':
        attribute!.values.push(Object.keys(this.#person).length === 0 ? null : this.#person);
        this.#person = {};
        break;
      case 'Alphabetic':
      case 'Ideographic':
      case 'Phonetic': {
        const group = Array.from(this.#group, (component) => component ?? '').join('^');
        this.#group = [];
        if (group !== '') this.#person[name] = group;
        break;
      }
      case 'BulkData':
        break;
      default: {
        const index = componentNames.indexOf(name as (typeof componentNames)[number]);
        if (this.#group[index] !== undefined) this.#source.refuse(at, 'A component of a name stands twice');
        const component = this.#pieces.join('');
        // The last holds what a name has beyond five components, carets between: so `toNativeXml` writes it.
        const within = index === componentNames.length - 1 ? /[=\\]/ : /[\^=\\]/;
        if (within.test(component)) this.#source.refuse(at, 'A component of a name holds a delimiter');
        this.#group[index] = component;
      }
    }
    this.#pieces = [];
  }

  #spend(at: number): void {
    if (++this.#elements > this.#maxElements)
      this.#throw('DICOM_TOO_MANY_ELEMENTS', 'More elements, items and implied values than the budget allows', at);
  }

  #throw(code: 'DICOM_TOO_MANY_ELEMENTS' | 'DICOM_TOO_DEEP' | 'DICOM_DUPLICATE_ELEMENT', message: string, at: number) {
    this.#source.refuse(at, message, code);
  }

  #openAttribute({ attributes, at }: Start): void {
    this.#spend(at);
    const written = attributes.get('tag') ?? '';
    const vr = attributes.get('vr');
    const creator = attributes.get('privateCreator') ?? '';
    if (!/^[\dA-Fa-f]{8}$/.test(written)) this.#source.refuse(at, 'A tag is eight hexadecimal digits');
    if (vr !== undefined && !knownVrs.has(vr)) this.#source.refuse(at, 'Not a value representation of PS3.5');
    const tag = Number.parseInt(written, 16);
    if (tag >>> 16 === 0xfffe) this.#source.refuse(at, 'Items and delimiters are no elements');
    if (creator !== '' && ((tag >>> 16) & 1) === 0) this.#source.refuse(at, 'A private creator of a standard element');
    this.#dataSets.at(-1)!.attribute = { tag, vr, creator, at, values: [] };
  }

  #openContent({ name, attributes, at }: Start): void {
    const attribute = this.#dataSets.at(-1)!.attribute!;
    const single = name === 'BulkData' || name === 'InlineBinary';
    if (attribute.content !== undefined && (single || attribute.content !== name))
      this.#source.refuse(at, 'An attribute with content of two kinds');
    attribute.content = name;
    if (name === 'BulkData') {
      const uri = attributes.get('uri');
      const uuid = attributes.get('uuid');
      if ((uri === undefined) === (uuid === undefined))
        this.#source.refuse(at, 'Bulk data is either at a URI or of a UUID');
      attribute.single = uri ?? `urn:uuid:${uuid}`;
    } else if (!single) this.#number(attribute, name, attributes.get('number') ?? '', at);
    if (name !== 'Item') return;
    this.#spend(at);
    if (this.#dataSets.length > this.#maxDepth)
      this.#throw('DICOM_TOO_DEEP', 'Sequences nest deeper than the budget allows', at);
    this.#dataSets.push({ elements: new Map(), blockless: [] });
  }

  /** Fills up to `written` with what is empty. Values stand in order: PS3.19 counts them from 1 by 1. */
  #number({ values }: OpenAttribute, name: string, written: string, at: number): void {
    const number = /^\+?\d{1,15}$/.test(written.trim()) ? Number(written) : 0;
    if (number <= values.length) this.#source.refuse(at, 'Numbers count upwards from 1');
    while (values.length < number - 1) {
      this.#spend(at);
      values.push(name === 'Item' ? Object.create(null) : null);
    }
  }

  #closeAttribute(): void {
    const dataSet = this.#dataSets.at(-1)!;
    const open = dataSet.attribute!;
    dataSet.attribute = undefined;
    const { tag, creator, at } = open;
    if (creator === '' && (tag & 0xffff) === 0) return;
    const attribute = this.#attribute(open);
    if (creator !== '') dataSet.blockless.push({ tag, creator, attribute });
    else if (dataSet.elements.has(tag))
      this.#throw('DICOM_DUPLICATE_ELEMENT', `${tagText(tag)} stands twice in one data set`, at);
    else dataSet.elements.set(tag, attribute);
  }

  #closeDataSet(at: number): DicomJson {
    const { elements, blockless } = this.#dataSets.pop()!;
    const left = assignBlocks(elements, blockless);
    if (left !== undefined)
      this.#source.refuse(at, `No block is left for the private elements of ${tagText(left.tag)}`);
    return jsonOf(elements);
  }

  #attribute({ tag, vr: written, creator, at, content, values, single }: OpenAttribute): DicomJsonAttribute {
    const vr = written ?? (content === 'Item' ? 'SQ' : creator === '' ? implicitVr(tag, this.#isSigned()) : 'UN');
    if (content === undefined) return { vr };
    if (content === 'BulkData') return { vr, BulkDataURI: single! };
    const fits = vr === 'SQ' ? 'Item' : vr === 'PN' ? 'PersonName' : binary.has(vr) ? 'InlineBinary' : 'Value';
    if (content !== fits) this.#source.refuse(at, `${tagText(tag)} has content of another kind than its VR`);
    if (content === 'InlineBinary') {
      // Blanks may stand anywhere in a base64Binary (XML Schema part 2 §3.2.16).
      const InlineBinary = single!.replace(/[ \t\r\n]+/g, '');
      if (fromBase64(InlineBinary) === undefined) this.#source.refuse(at, `${tagText(tag)} is no base64`);
      return InlineBinary === '' ? { vr } : { vr, InlineBinary };
    }
    if (values.length === 1 && values[0] === null) return { vr };
    const Value = content !== 'Value' ? values : values.map((value) => jsonValue(vr, value as string | null));
    if (Value.includes(undefined as never)) this.#source.refuse(at, `${tagText(tag)} has a value that its VR has not`);
    return { vr, Value: Value as DicomJsonValue[] };
  }

  /** Pixel Representation decides between US and SS, here or where it is inherited from. */
  #isSigned(): boolean {
    for (const { elements } of this.#dataSets.toReversed()) {
      const found = elements.get(tags.PixelRepresentation);
      if (found !== undefined) return found.Value?.[0] === 1;
    }
    return false;
  }
}

/** Ascending by tag, without a prototype. */
function jsonOf(elements: ReadonlyMap<number, DicomJsonAttribute>): DicomJson {
  const json: DicomJson = Object.create(null);
  for (const [tag, attribute] of [...elements].sort(([a], [b]) => a - b)) json[tagText(tag)] = attribute;
  return json;
}
