import type { FastifyRequest } from 'fastify';
import { DicomWebError } from './errors.ts';

/** One media range of an Accept header. */
export type MediaRange = {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly q: number;
};

/** So many are read: real clients name some ten. */
const maxRanges = 100;

/** Reads an Accept header as real clients write it: quoted or unquoted parameters, in any order. Linear time. */
export function mediaRanges(header: string | undefined): MediaRange[] {
  const ranges = (header?.trim() || '*/*').slice(0, 65_536).match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  return ranges.slice(0, maxRanges).map((range) => {
    const [type = '', ...rest] = (range.match(/(?:"[^"]*"|[^;"])+/g) ?? []).map((part) => part.trim());
    const parameters = new Map(
      rest.map((part) => {
        const equals = part.indexOf('=');
        const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
        return [
          name,
          equals < 0
            ? ''
            : part
                .slice(equals + 1)
                .trim()
                .replace(/^"|"$/g, ''),
        ] as const;
      }),
    );
    const q = Number(parameters.get('q') ?? 1);
    return { type: type.toLowerCase(), parameters, q: Number.isFinite(q) ? q : 1 };
  });
}

/** One form in which a resource can be answered: a media type, and for multipart what its parts are of. */
export type Offer = { readonly type: string; readonly of?: string };

/** How closely a range names an offer: 0 not at all, 1 by `*\/*`, 2 by the first half of its type, 3 by its type, 4 by its parts, too. */
function closeness({ type, parameters }: MediaRange, offer: Offer): number {
  if (type === '*/*' || type === '*') return 1;
  if (type.endsWith('/*')) return offer.type.startsWith(type.slice(0, -1)) ? 2 : 0;
  if (type !== offer.type) return 0;
  if (offer.of === undefined) return 3;
  const of = parameters.get('type')?.toLowerCase() ?? '';
  if (of === '' || of === '*/*') return 3;
  return closeness({ type: of, parameters: new Map(), q: 1 }, { type: offer.of }) === 0 ? 0 : 4;
}

/**
 * The offer that a client likes best: of each, the range that names it most closely says how much (RFC 9110 §12.5.1); of those
 * liked alike the one named most closely, then the first. Undefined where it takes none.
 */
export function preferred<T extends Offer>(
  ranges: readonly MediaRange[],
  offers: readonly T[],
  near: (range: MediaRange, offer: T) => number = closeness,
): T | undefined {
  let best: { readonly offer: T; readonly q: number; readonly close: number } | undefined;
  for (const offer of offers) {
    let close = 0;
    let q = 0;
    for (const range of ranges) {
      const here = near(range, offer);
      if (here > close || (here > 0 && here === close && range.q > q)) [close, q] = [here, range.q];
    }
    if (q > 0 && (best === undefined || q > best.q || (q === best.q && close > best.close))) best = { offer, q, close };
  }
  return best?.offer;
}

/** The forms of what is told in attributes: DICOM JSON, also under its older name, and Native DICOM Model XML. Source: PS3.18 §8.7.3.2. */
const attributeForms = [
  { type: 'application/dicom+json', form: 'json' },
  { type: 'application/json', form: 'json' },
  { type: 'multipart/related', of: 'application/dicom+xml', form: 'xml' },
  { type: 'application/dicom+xml', form: 'xml' },
] as const;

export type AttributeForm = (typeof attributeForms)[number];

/** @throws DicomWebError NOT_ACCEPTABLE */
export function attributeForm(ranges: readonly MediaRange[]): AttributeForm {
  const form = preferred(ranges, attributeForms);
  if (form) return form;
  throw new DicomWebError(
    'NOT_ACCEPTABLE',
    'This is answered as application/dicom+json, or as multipart/related; type="application/dicom+xml". Name one of them in Accept.',
  );
}

/**
 * What a client takes: its `accept` parameter where it gives one, since it was written for this request, else its Accept header.
 * Source: PS3.18 §8.3.3.1, §8.7.7.
 */
export function acceptedBy(request: FastifyRequest): MediaRange[] {
  const at = request.url.indexOf('?');
  const parameter = at < 0 ? [] : new URLSearchParams(request.url.slice(at + 1)).getAll('accept');
  // Written into an address by hand, its plus is read as a space; no media type holds one.
  const typed = parameter.join(',').replace(/\bdicom (json|xml)\b/gi, 'dicom+$1');
  return mediaRanges(parameter.length > 0 ? typed : request.headers.accept);
}

export type DicomForm = {
  readonly multipart: boolean;
  /** In the order in which they are liked; `*` stands for whatever it is stored in, and for none named. */
  readonly transferSyntaxes: readonly string[];
};

const dicomForms = [
  { type: 'multipart/related', of: 'application/dicom' },
  { type: 'application/dicom' },
] as const satisfies readonly Offer[];

/**
 * How a client wants DICOM files: each alone or in multipart/related, in which transfer syntax. Several of one quality keep
 * the order in which they were named. Source: PS3.18 §8.7.
 *
 * @throws DicomWebError NOT_ACCEPTABLE
 */
export function dicomForm(ranges: readonly MediaRange[], single: boolean): DicomForm {
  const offers = single ? dicomForms : dicomForms.slice(0, 1);
  const form = preferred(ranges, offers);
  if (!form) {
    const forms = single
      ? 'application/dicom or multipart/related; type="application/dicom"'
      : 'multipart/related; type="application/dicom", or, each file as it is stored, as application/zip';
    throw new DicomWebError('NOT_ACCEPTABLE', `This is served as ${forms}. Name it in Accept.`);
  }
  const fitting = ranges.filter((range) => range.q > 0 && closeness(range, form) > 0);
  // A wildcard beside it says nothing about transfer syntaxes, but that whatever is stored is better than nothing.
  const closest = Math.max(...fitting.map((range) => Math.min(closeness(range, form), 3)));
  const named = fitting.filter((range) => Math.min(closeness(range, form), 3) === closest);
  const syntaxes = named.toSorted((a, b) => b.q - a.q).map(transferSyntaxOf);
  if (fitting.length > named.length) syntaxes.push('*');
  return { multipart: form === dicomForms[0], transferSyntaxes: [...new Set(syntaxes)] };
}

const zip: Offer = { type: 'application/zip' };

/** A zip is named by its own name, since who takes anything gets parts, and has each file in the transfer syntax that it is stored in. */
const zipCloseness = (range: MediaRange, offer: Offer): number =>
  offer !== zip || (range.type === zip.type && transferSyntaxOf(range) === '*') ? closeness(range, offer) : 0;

/** Whether a client likes the files of a study better as one zip than in multipart/related. */
export const wantsZip = (ranges: readonly MediaRange[]): boolean =>
  preferred(ranges, [dicomForms[0], zip], zipCloseness) === zip;

/** The transfer syntax that a range names; `*` where it names none. */
const transferSyntaxOf = ({ parameters }: MediaRange): string => parameters.get('transfer-syntax') || '*';
