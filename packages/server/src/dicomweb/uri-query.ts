import { uid } from '@symbolon/contract';
import type { FastifyRequest } from 'fastify';
import { type PictureAsked, voiShapes } from '../rendering/index.ts';
import { type MediaRange, mediaRanges } from './accept.ts';
import {
  annotationOf,
  decimal,
  maxEdge,
  namedOnce,
  qualityOf,
  type RenderedQuery,
  refused,
  spaceOf,
  whole,
  windowAround,
} from './rendered-query.ts';

/** What a WADO-URI request asks for. */
export type UriQuery = RenderedQuery & {
  readonly names: { readonly study: string; readonly series: string; readonly instance: string };
  readonly ranges: readonly MediaRange[];
  readonly frame: number | undefined;
  readonly transferSyntax: string | undefined;
};

/** Source: PS3.18 §9.1.2. */
const names: ReadonlySet<string> = new Set(
  'requestType studyUID seriesUID objectUID contentType charset anonymize annotation rows columns region windowCenter windowWidth frameNumber imageQuality presentationUID presentationSeriesUID transferSyntax iccprofile'.split(
    ' ',
  ),
);

/**
 * Reads the parameters of WADO-URI; unknown ones are ignored.
 *
 * @throws DicomWebError REQUEST_INVALID  one that is missing, no value, or not supported
 * Source  PS3.18 §9.1.2, §9.4.1
 */
export function uriQuery(request: FastifyRequest): UriQuery {
  const given = namedOnce(request, names);
  if (given.get('requestType') !== 'WADO') throw refused('requestType is WADO: add requestType=WADO.');
  const uidOf = (name: string): string => {
    const found = uid.safeParse(given.get(name));
    if (!found.success) throw refused(`${name} is needed, and is a UID.`);
    return found.data;
  };
  const asked = { study: uidOf('studyUID'), series: uidOf('seriesUID'), instance: uidOf('objectUID') };
  if (given.has('presentationUID') || given.has('presentationSeriesUID'))
    throw refused('Presentation states are not applied here. Leave presentationUID and presentationSeriesUID out.');
  if (!['no', undefined].includes(given.get('anonymize')))
    throw refused('Nothing is de-identified on this way. Leave anonymize out.');
  const transferSyntax = given.get('transferSyntax');
  // A star, as clients of WADO-RS write it, is what none named is.
  if (transferSyntax !== undefined && transferSyntax !== '*' && !uid.safeParse(transferSyntax).success)
    throw refused('transferSyntax is a UID, such as 1.2.840.10008.1.2.1.');
  const [frame, rows, columns] = [given.get('frameNumber'), given.get('rows'), given.get('columns')];
  return {
    names: asked,
    // What is named in the address was written for this request.
    ranges: mediaRanges(given.get('contentType') ?? request.headers.accept),
    frame: frame === undefined ? undefined : whole('frameNumber', frame, 1, 999_999_999),
    transferSyntax,
    look: {
      ...windowOf(given.get('windowCenter'), given.get('windowWidth')),
      source: regionOf(given.get('region')),
      viewport:
        rows === undefined && columns === undefined
          ? undefined
          : {
              ...(columns !== undefined && { width: whole('columns', columns, 1, maxEdge) }),
              ...(rows !== undefined && { height: whole('rows', rows, 1, maxEdge) }),
            },
      quality: qualityOf('imageQuality', given.get('imageQuality')),
      space: spaceOf(given.get('iccprofile')),
    },
    ...annotationOf(given.get('annotation')),
  };
}

function windowOf(center: string | undefined, width: string | undefined): Pick<PictureAsked, 'window' | 'function'> {
  if (center === undefined && width === undefined) return {};
  if (center === undefined || width === undefined)
    throw refused('windowCenter and windowWidth go together: give both.');
  // By the function that the header wants.
  return { window: windowAround('windowWidth', center, width, voiShapes['linear-exact']) };
}

/** `xmin,ymin,xmax,ymax`, in shares of the image. */
function regionOf(text: string | undefined): PictureAsked['source'] {
  if (text === undefined) return undefined;
  const [left, top, right, bottom, ...more] = text.split(',').map((one) => decimal('region', one.trim()));
  const isPart =
    more.length === 0 && [left, top, right, bottom].every((one) => one !== undefined && one >= 0 && one <= 1);
  if (!isPart || left! >= right! || top! >= bottom!)
    throw refused(
      'region has the left, upper, right and lower side of a part, from 0 to 1, as in region=0.25,0.25,0.75,0.75.',
    );
  return { unit: 'shares', left: left!, top: top!, width: right! - left!, height: bottom! - top! };
}
