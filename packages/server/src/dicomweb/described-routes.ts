import { erasureGrounds, paths } from '@symbolon/contract';

/** A query parameter, in words. */
type Parameter = { readonly name: string; readonly says: string; readonly example?: string };

/** What a DICOMweb route takes and gives, which no schema says: media types, parameters, and why each status. OpenAPI and capabilities are made of it. */
export type DicomWebRoute = {
  readonly says: string;
  readonly takes?: readonly string[];
  /** Of its success. */
  readonly gives: readonly string[];
  readonly query: readonly Parameter[];
  readonly statuses: Readonly<Record<string, string>>;
};

/** The media types of an answer's body. 409 of Store names each instance, as 200 and 202 do. */
export function mediaTypesOf({ takes, gives }: DicomWebRoute, status: string): readonly string[] {
  if (/^20[026]$/.test(status) || (status === '409' && takes)) return gives;
  return Number(status) < 400 ? [] : ['application/problem+json'];
}

const accept: Parameter = { name: 'accept', says: 'Media types, in place of the Accept header.' };
const attributeTypes = ['application/dicom+json', 'multipart/related; type="application/dicom+xml"'];
const notAcceptable = { '406': 'Nothing of it can be had in a form that the client takes.' };
const refusals = {
  '400': 'A UID, a number or a parameter that is none; the answer says what to change.',
  '401': 'No token, or one that is not valid.',
  '403': 'The role does not include the action.',
};
const notFound = { '404': 'There is no such thing, or the asker may not see it: the same answer.' };

const searchParameters: readonly Parameter[] = [
  { name: '{attribute}', says: 'A key, by keyword, tag or path.', example: 'PatientID=12345' },
  { name: 'includefield', says: 'Attributes to answer with, by keyword, tag or path, in a list; `all`.' },
  { name: 'limit', says: 'So many matches at most.' },
  { name: 'offset', says: 'So many matches are passed over.' },
  { name: 'fuzzymatching', says: '`true`: names by beginnings of their words, in any order, with one mistake.' },
  { name: 'emptyvaluematching', says: '`true`: `""` matches what is empty.' },
  { name: 'multiplevaluematching', says: '`true`: of a list of values all must be there.' },
  { name: 'orderby', says: 'Of studies: `StudyDate` or `-StudyDate`.' },
  { name: 'totalcount', says: '`true`: the header `X-Total-Count` has the number of matches on all pages.' },
  { name: 'cursor', says: 'Where a page goes on: as the `Link` of the page before has it.' },
  accept,
];

const search = (says: string, more: Readonly<Record<string, string>> = {}): DicomWebRoute => ({
  says,
  gives: attributeTypes,
  query: searchParameters,
  statuses: {
    '200': 'Matches, an empty list where there is none.',
    '204': 'XML, and no match.',
    ...refusals,
    ...more,
    ...notAcceptable,
  },
});

const store: DicomWebRoute = {
  says: 'Stores instances: DICOM files, or metadata with bulk data. What is named as taken is durable when the answer begins.',
  takes: [
    'multipart/related; type="application/dicom"',
    'application/dicom',
    'multipart/related; type="application/dicom+json"',
    'multipart/related; type="application/dicom+xml"',
  ],
  gives: ['application/dicom+json', 'application/dicom+xml'],
  query: [accept],
  statuses: {
    '200': 'Every instance is held now.',
    '202': 'Some are, or one has a warning; each of the others is named.',
    '409': 'None is; each is named.',
    ...refusals,
    ...notAcceptable,
    '413': 'More metadata than is taken, or a body that inflates to too much.',
    '415': 'A media type or a content coding that is not taken.',
    '503': 'The database, the image store or the keys are away; Retry-After.',
    '507': 'No room for new data.',
  },
};

const retrieve = (
  says: string,
  gives: readonly string[],
  more: Readonly<Record<string, string>> = {},
): DicomWebRoute => ({
  says,
  gives,
  query: [accept],
  statuses: { '200': 'All of it.', ...refusals, ...notFound, ...notAcceptable, ...more },
});

const erase = (name: string): DicomWebRoute => ({
  says: `Erases ${name}: an extension. Its keys are destroyed; nothing brings it back.`,
  gives: ['application/json'],
  query: [
    { name: 'ground', says: `Why: ${erasureGrounds.join(', ')}. Without it \`other\`.`, example: 'sent-by-mistake' },
  ],
  statuses: {
    '202':
      'The erasure; `Location` tells how far it is. What it erases is out of sight where `outOfSightAt` says when.',
    ...refusals,
    ...notFound,
    '409': 'A hold stops it, or several studies have this UID; nothing was erased.',
    '503': 'The database or the keys are away; Retry-After.',
  },
});

const partial = { '206': 'Some instances cannot be had in that form, and are left out with a Warning.' };
const ranged = { '206': 'The byte range that was asked for.', '416': 'No byte of the range is there.' };
const pixels = {
  '422': 'Its frames cannot be cut out or decoded; the file itself can be had.',
  '503': 'Too many frames are being transcoded; Retry-After.',
};
const pictureTypes = ['image/jpeg', 'image/png', 'image/gif'];
const textTypes = ['text/html', 'text/plain', 'text/xml', 'application/pdf'];
const shownTypes = [...pictureTypes, ...textTypes];
const inParts = (types: readonly string[]): readonly string[] =>
  types.map((type) => `multipart/related; type="${type}"`);
const renderedParameters: readonly Parameter[] = [
  {
    name: 'window',
    says: 'Center, width and function (`linear`, `linear-exact`, `sigmoid`).',
    example: 'window=40,400,linear',
  },
  {
    name: 'viewport',
    says: 'Width and height that the picture fits into; then left, top, width and height of what of the image it shows, turned over where a size is negative.',
    example: 'viewport=512,512',
  },
  { name: 'quality', says: 'Of a JPEG, from 1 to 100.' },
  { name: 'annotation', says: '`patient`, `technique`, or both in a list: written into the picture.' },
  {
    name: 'iccprofile',
    says: '`no`, `yes`, `srgb`, `adobergb` or `rommrgb`: the space of its colours, and its profile.',
  },
  accept,
];
const uriParameters: readonly Parameter[] = [
  { name: 'requestType', says: '`WADO`.', example: 'requestType=WADO' },
  { name: 'studyUID', says: 'The study.' },
  { name: 'seriesUID', says: 'The series.' },
  { name: 'objectUID', says: 'The instance.' },
  { name: 'contentType', says: 'Media types, in place of the Accept header.' },
  { name: 'transferSyntax', says: 'Of a file; as stored where none is named.' },
  { name: 'frameNumber', says: 'From 1 on.' },
  { name: 'rows', says: 'The most rows of the picture.' },
  { name: 'columns', says: 'The most columns of the picture.' },
  {
    name: 'region',
    says: 'Left, upper, right and lower side of what is shown, from 0 to 1.',
    example: 'region=0.25,0.25,0.75,0.75',
  },
  { name: 'windowCenter', says: 'Together with windowWidth.' },
  { name: 'windowWidth', says: 'Together with windowCenter.' },
  { name: 'imageQuality', says: 'Of a JPEG, from 1 to 100.' },
  { name: 'annotation', says: 'As of rendered resources.' },
  { name: 'iccprofile', says: 'As of rendered resources.' },
];
const notShown = {
  '422': 'No picture or text can be made of it; the file itself can be had.',
  '503': 'Too many pictures are being made; Retry-After.',
};
const rendered = (
  what: string,
  gives: readonly string[],
  more: Readonly<Record<string, string>> = {},
): DicomWebRoute => ({
  ...retrieve(`${what}.`, gives, { ...more, ...notShown }),
  query: renderedParameters,
});
const thumbnail = (what: string): DicomWebRoute => ({
  ...retrieve(`A small picture of ${what}.`, pictureTypes, notShown),
  query: [{ name: 'viewport', says: 'Width and height that it fits into; 192,192 where none is given.' }, accept],
});
const leftOut = { '206': 'Some instances cannot be shown, and are left out with a Warning.' };
const fileTypes = ['multipart/related; type="application/dicom"'];
const valueTypes = ['multipart/related; type="application/octet-stream"', 'application/octet-stream'];

/** Source: PS3.18 §8.9.4. */
export const capabilityTypes = ['application/vnd.sun.wadl+xml', 'application/json'] as const;

const capabilities: DicomWebRoute = {
  says: 'Describes what can be asked of all resources, or of those at an address and below it.',
  gives: capabilityTypes,
  query: [accept],
  statuses: {
    '200': 'The description; `Allow` names the methods that the address itself has.',
    '401': 'A token that is not valid.',
    '404': 'No resource has an address like this.',
    ...notAcceptable,
  },
};

const root = paths.dicomweb;
const ofStudy = `${root}/studies/:study`;
const ofSeries = `${ofStudy}/series/:series`;
const ofInstance = `${ofSeries}/instances/:instance`;
const levels = [
  [ofStudy, 'a study'],
  [ofSeries, 'a series'],
  [ofInstance, 'an instance'],
] as const;

/** The DICOMweb routes by their method and path; a test holds them against those that are wired. Source: PS3.18 §8.9, §10.4 to §10.6; Delete is none of it. */
export const dicomWebRoutes: Readonly<Record<string, DicomWebRoute>> = {
  [`OPTIONS ${root}`]: capabilities,
  [`OPTIONS ${root}/*`]: capabilities,
  [`POST ${root}/studies`]: store,
  [`POST ${ofStudy}`]: { ...store, says: `${store.says} They must be of this study.` },
  [`GET ${root}/studies`]: search('Searches for studies.'),
  [`GET ${root}/series`]: search('Searches for series of all studies.'),
  [`GET ${root}/instances`]: search('Searches for instances of all studies.'),
  [`GET ${root}/patients`]: search('Searches for patients: an extension.'),
  [`GET ${ofStudy}/series`]: search('Searches for series of a study.', notFound),
  [`GET ${ofStudy}/instances`]: search('Searches for instances of a study.', notFound),
  [`GET ${ofSeries}/instances`]: search('Searches for instances of a series.', notFound),
  ...Object.fromEntries(
    levels.flatMap(([path, name]) => {
      const alone = path === ofInstance ? ['application/dicom'] : [];
      const files = `The files of ${name}, as stored or transcoded without loss`;
      return [
        [`DELETE ${path}`, erase(name)],
        [
          `GET ${path}`,
          alone.length > 0
            ? retrieve(`${files}.`, [...fileTypes, ...alone], { ...ranged, ...pixels })
            : retrieve(
                `${files}; or all as stored in one zip with a DICOMDIR, which needs \`study.download\`.`,
                [...fileTypes, 'application/zip'],
                {
                  ...partial,
                  ...pixels,
                },
              ),
        ],
        [
          `GET ${path}/metadata`,
          retrieve(`The attributes of ${name}, bulk values by their address.`, attributeTypes, {
            '304': 'What is named in If-None-Match has not changed.',
          }),
        ],
        [
          `GET ${path}/rendered`,
          alone.length > 0
            ? rendered(
                'One picture of an instance, or all its frames; a structured report as text; a PDF or CDA document as it is',
                [...shownTypes, ...inParts(shownTypes)],
                ranged,
              )
            : rendered(`All of ${name} as pictures, reports as text, documents`, inParts(shownTypes), leftOut),
        ],
        [`GET ${path}/thumbnail`, thumbnail(name)],
        [
          `GET ${path}/pixeldata`,
          retrieve(`The pixel data of ${name}.`, alone.length > 0 ? valueTypes : valueTypes.slice(0, 1), {
            ...(alone.length > 0 ? ranged : partial),
            ...pixels,
          }),
        ],
        [
          `GET ${path}/bulkdata`,
          retrieve(`All bulk values of ${name}.`, valueTypes.slice(0, 1), { ...partial, ...pixels }),
        ],
      ];
    }),
  ),
  [`GET ${ofInstance}/bulkdata/:path`]: retrieve('A bulk value, at the address that metadata gives.', valueTypes, {
    ...ranged,
    ...pixels,
  }),
  [`GET ${ofInstance}/frames/:frames/rendered`]: rendered('Frames as pictures', [
    ...pictureTypes,
    ...inParts(pictureTypes),
  ]),
  [`GET ${ofInstance}/frames/:frames/thumbnail`]: thumbnail('a frame'),
  [`GET ${root}/wado`]: {
    ...retrieve(
      'One instance by WADO-URI, as a picture, as a text or as a file.',
      [...shownTypes, 'application/dicom'],
      {
        ...ranged,
        ...notShown,
      },
    ),
    query: uriParameters,
  },
  [`GET ${ofInstance}/frames/:frames`]: retrieve(
    'Frames, by a list of their numbers from 1 on; native, as stored, or transcoded without loss.',
    [
      ...valueTypes,
      ...['image/jls', 'image/jp2', 'image/jphc', 'image/dicom-rle', 'image/jpeg'].map(
        (type) => `multipart/related; type="${type}"`,
      ),
    ],
    { ...ranged, ...pixels },
  ),
};
