import { DicomWebError } from './errors.ts';

/** One media range of an Accept header. */
export type MediaRange = {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly q: number;
};

/** Reads an Accept header as real clients write it: quoted or unquoted parameters, in any order. Linear time. */
export function mediaRanges(header: string | undefined): MediaRange[] {
  const ranges = (header?.trim() || '*/*').slice(0, 8192).match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  return ranges.map((range) => {
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

export type DicomForm = { readonly multipart: boolean; readonly transferSyntaxes: readonly string[] };

/**
 * How a client wants DICOM files: each alone or in multipart/related, in which transfer syntax. An empty list is "as
 * stored"; so is none named, since nothing is transcoded in this version. Source: PS3.18 §8.7.
 *
 * @throws DicomWebError NOT_ACCEPTABLE
 */
export function dicomForm(header: string | undefined, single: boolean): DicomForm {
  const fitting = mediaRanges(header)
    .filter(({ type, parameters, q }) => {
      if (q <= 0) return false;
      if (type === 'multipart/related')
        return ['', 'application/dicom', undefined].includes(parameters.get('type')?.toLowerCase());
      return (
        type === '*/*' ||
        type === 'multipart/*' ||
        (single && (type === 'application/dicom' || type === 'application/*'))
      );
    })
    .sort((a, b) => b.q - a.q);
  const [best] = fitting;
  if (!best) {
    const forms = single
      ? 'application/dicom or multipart/related; type="application/dicom"'
      : 'multipart/related; type="application/dicom"';
    throw new DicomWebError('NOT_ACCEPTABLE', `This is served as ${forms}.`);
  }
  const multipart = best.type.startsWith('multipart/') || best.type === '*/*';
  const wanted = fitting
    .filter(({ type }) => type === best.type)
    .map(({ parameters }) => parameters.get('transfer-syntax') ?? '*');
  return { multipart, transferSyntaxes: wanted.includes('*') ? [] : wanted };
}

export function wantsJson(header: string | undefined): boolean {
  return mediaRanges(header).some(
    ({ type, q }) => q > 0 && ['*/*', 'application/*', 'application/dicom+json', 'application/json'].includes(type),
  );
}
