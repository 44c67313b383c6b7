import { type OutputSpace, outputSpaces } from '@symbolon/pixels';
import type { FastifyRequest } from 'fastify';
import { type PictureAsked, voiShapes } from '../rendering/index.ts';
import type { AnnotationKind } from './annotation.ts';
import { annotationKinds } from './annotation.ts';
import { DicomWebError } from './errors.ts';
import { parametersOf, queryOf } from './parameters.ts';

/** How a rendered resource is asked for, its media type apart. */
export type RenderedQuery = {
  readonly look: Pick<PictureAsked, 'window' | 'function' | 'source' | 'viewport' | 'flip' | 'quality' | 'space'>;
  readonly annotation: readonly AnnotationKind[];
  /** Words of `annotation` that mean nothing here. */
  readonly ignored: readonly string[];
};

/** No edge of a picture is made longer. Pixels. */
export const maxEdge = 8_192;

export const refused = (what: string): DicomWebError => new DicomWebError('REQUEST_INVALID', what);

/** The values of parameters by their names, each given once; others are not looked at. @throws DicomWebError REQUEST_INVALID */
export function namedOnce(request: FastifyRequest, names: ReadonlySet<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of parametersOf(queryOf(request.url))) {
    if (!names.has(name)) continue;
    if (found.has(name)) throw refused(`${name} is given twice. Give it once.`);
    found.set(name, value);
  }
  return found;
}

const renderedNames: ReadonlySet<string> = new Set(['annotation', 'quality', 'viewport', 'window', 'iccprofile']);

/**
 * Reads the parameters of rendered resources; unknown ones are ignored.
 *
 * @throws DicomWebError REQUEST_INVALID  a value that is none
 * Source  PS3.18 §8.3.5.1
 */
export function renderedQuery(request: FastifyRequest): RenderedQuery {
  const given = namedOnce(request, renderedNames);
  return {
    look: {
      ...windowOf(given.get('window')),
      ...viewportOf(given.get('viewport')),
      quality: qualityOf('quality', given.get('quality')),
      space: spaceOf(given.get('iccprofile')),
    },
    ...annotationOf(given.get('annotation')),
  };
}

/** A thumbnail's only parameter is how large it may be. Source: PS3.18 §8.3.5.1, Table 8.3.5-2. */
export function thumbnailQuery(request: FastifyRequest): Pick<PictureAsked, 'viewport'> {
  const text = namedOnce(request, new Set(['viewport'])).get('viewport');
  const { viewport, source } = viewportOf(text);
  if (source !== undefined)
    throw refused('A thumbnail shows all of its image: viewport has two values, its width and height.');
  return viewport ? { viewport } : {};
}

/** Each of a list, empty places included. */
const listed = (text: string): string[] => text.split(',').map((one) => one.trim());

/** A decimal number. @throws DicomWebError REQUEST_INVALID */
export function decimal(name: string, text: string): number {
  if (!/^[+-]?(\d{1,10}(\.\d{0,12})?|\.\d{1,12})(e[+-]?\d{1,2})?$/i.test(text))
    throw refused(`${name} has something that is no number. Write numbers such as 40 or -12.5.`);
  return Number(text);
}

/** A whole number between two. @throws DicomWebError REQUEST_INVALID */
export function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw refused(`${name} takes whole numbers from ${least} to ${most}.`);
  return value;
}

export const qualityOf = (name: string, text: string | undefined): number | undefined =>
  text === undefined ? undefined : whole(name, text, 1, 100);

function windowOf(text: string | undefined): Pick<PictureAsked, 'window' | 'function'> {
  if (text === undefined) return {};
  const [center = '', width = '', named = '', ...more] = listed(text);
  const shape = Object.hasOwn(voiShapes, named) ? voiShapes[named as keyof typeof voiShapes] : undefined;
  if (shape === undefined || more.length > 0)
    throw refused(
      `window has three values: center, width and one of ${Object.keys(voiShapes).join(', ')}, as in window=40,400,linear.`,
    );
  return { window: windowAround('window', center, width, shape), function: shape };
}

/** @throws DicomWebError REQUEST_INVALID  a width that selects nothing. Source: PS3.3 §C.11.2.1.2, §C.11.2.1.3. */
export function windowAround(
  name: string,
  center: string,
  width: string,
  shape: PictureAsked['function'],
): NonNullable<PictureAsked['window']> {
  const window = { center: decimal(name, center), width: decimal(name, width) };
  if (shape === 'LINEAR' || shape === undefined ? window.width < 1 : window.width <= 0)
    throw refused(
      `${name} has a width that selects nothing: of linear windows it is at least 1, of others more than 0.`,
    );
  return window;
}

/** `vw,vh` and, of the source, `sx,sy,sw,sh`: each of the four may be left out or empty; a negative size turns it over. */
function viewportOf(text: string | undefined): Pick<PictureAsked, 'viewport' | 'source' | 'flip'> {
  if (text === undefined) return {};
  const [vw = '', vh = '', ...rest] = listed(text);
  if (rest.length > 4)
    throw refused(
      'viewport has at most six values: the width and height of the picture, and left, top, width and height of what it shows.',
    );
  const viewport = { width: whole('viewport', vw, 1, maxEdge), height: whole('viewport', vh, 1, maxEdge) };
  if (rest.length === 0) return { viewport };
  const [left, top, width, height] = [0, 1, 2, 3].map((at) => (rest[at] ? decimal('viewport', rest[at]) : undefined));
  if (width === 0 || height === 0)
    throw refused('viewport shows nothing: the width and height of its source are not 0.');
  return {
    viewport,
    source: {
      unit: 'pixels',
      left: left ?? 0,
      top: top ?? 0,
      width: width && Math.abs(width),
      height: height && Math.abs(height),
    },
    flip: { across: (width ?? 0) < 0, down: (height ?? 0) < 0 },
  };
}

/** `yes` is sRGB's: in that all colours are. Source: PS3.18 §8.3.5.1.5. */
export function spaceOf(text: string | undefined): OutputSpace | undefined {
  if (text === undefined || text === 'no') return undefined;
  if (text === 'yes') return 'srgb';
  const space = outputSpaces.find((one) => one === text);
  if (space === undefined) throw refused(`iccprofile is one of no, yes, ${outputSpaces.join(', ')}.`);
  return space;
}

/** Unknown words are ignored, and that is said. @throws DicomWebError REQUEST_INVALID  none. Source: PS3.18 §8.3.5.1.1. */
export function annotationOf(text: string | undefined): Pick<RenderedQuery, 'annotation' | 'ignored'> {
  const words = text === undefined ? [] : [...new Set(listed(text))];
  if (words.includes('')) throw refused(`annotation lists one or more of ${annotationKinds.join(', ')}.`);
  return {
    annotation: annotationKinds.filter((kind) => words.includes(kind)),
    ignored: words.filter((word) => !annotationKinds.some((kind) => kind === word)),
  };
}
