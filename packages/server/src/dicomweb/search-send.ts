import { randomBytes } from 'node:crypto';
import { type DicomJson, parseFile, stringifyDicomJson, toNativeXml, writeFile } from '@symbolon/dicom';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendPieces } from '../platform/http/send-pieces.ts';
import type { WalkPlace } from '../studies/index.ts';
import type { AttributeForm } from './accept.ts';
import { writeCursor } from './cursor.ts';
import { DicomWebError } from './errors.ts';
import { queryOf } from './parameters.ts';

/** What is told of a page beside its matches. */
export type PageHead = {
  readonly warnings: readonly string[];
  readonly total?: number | undefined;
  readonly next?: WalkPlace | undefined;
  readonly nextOffset?: number | undefined;
};

const pieceCharacters = 65_536;
/** A Link repeats the query; clients' heads have room for some kilobytes. */
const longestLinked = 4096;

/** The address of the next page: the same question, from where this page ended. */
export function nextPage(publicUrl: string, url: string, { next, nextOffset }: PageHead): string | undefined {
  if (next === undefined && nextOffset === undefined) return undefined;
  const path = url.slice(0, url.length - queryOf(url).length).replace(/\?$/, '');
  const kept = queryOf(url)
    .split('&')
    .filter((one) => one !== '' && !/^(offset|cursor|totalcount)(=|$)/i.test(one))
    .map((one) => one.replace(/[^A-Za-z0-9\-._~%!$'()*+,;:@/?=]/g, (sign) => encodeURIComponent(sign)));
  const place = [
    ...(next === undefined ? [] : [`cursor=${writeCursor(next)}`]),
    ...(nextOffset === undefined ? [] : [`offset=${nextOffset}`]),
  ];
  return `${publicUrl}${path}?${[...kept, ...place].join('&')}`;
}

/** Clients and proxies refuse an answer whose head is of some kilobytes. */
const mostWarnings = 20;

/** One value for all of them: each once, and of very many the first. */
export function warningHeader(warnings: readonly string[]): string {
  const texts = [...new Set(warnings)];
  const told = texts.length > mostWarnings ? texts.slice(0, mostWarnings - 1) : texts;
  const more = texts.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more of what was asked was not done`] : [])]
    .map((text) => `299 symbolon "${text}"`)
    .join(', ');
}

function head(reply: FastifyReply, request: FastifyRequest, publicUrl: string, page: PageHead): void {
  const warnings = [...page.warnings];
  const link = nextPage(publicUrl, request.url, page);
  if (link !== undefined && link.length > longestLinked)
    warnings.push('the query is too long to be repeated in a Link; go on by offset');
  else if (link !== undefined) reply.header('link', `<${link}>; rel="next"`);
  if (warnings.length > 0) reply.header('warning', warningHeader(warnings));
  if (page.total !== undefined) reply.header('x-total-count', page.total);
}

/** One match as a document of the Native DICOM Model. */
function xmlOf(item: DicomJson): string {
  const anyUid = '2.25.0';
  const file = writeFile(item, { mediaStorageSopClassUid: anyUid, mediaStorageSopInstanceUid: anyUid });
  return toNativeXml(parseFile(file).dataset);
}

async function* inJson(items: AsyncIterable<DicomJson>): AsyncGenerator<string> {
  let piece = '[';
  let separator = '';
  for await (const item of items) {
    piece += separator + stringifyDicomJson(item);
    separator = ',';
    if (piece.length < pieceCharacters) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]`;
}

async function* inXml(items: AsyncIterable<DicomJson>, boundary: string): AsyncGenerator<string> {
  for await (const item of items)
    yield `\r\n--${boundary}\r\nContent-Type: application/dicom+xml; charset=utf-8\r\n\r\n${xmlOf(item)}`;
  yield `\r\n--${boundary}--\r\n`;
}

/**
 * Sends a page of matches in the form that the client likes best. None is an empty array in JSON, and 204 in XML, where a
 * multipart body has at least one part; one document of XML alone holds one match.
 *
 * @throws DicomWebError NOT_ACCEPTABLE
 */
export async function sendMatches(
  request: FastifyRequest,
  reply: FastifyReply,
  form: AttributeForm,
  publicUrl: string,
  page: PageHead & { readonly count: number; readonly items: AsyncIterable<DicomJson> },
): Promise<FastifyReply> {
  const { count, items } = page;
  head(reply, request, publicUrl, page);
  reply.header('cache-control', 'no-store');
  // What files say may be long, however few they are: it goes out as it is read.
  if (form.form === 'json')
    return sendPieces(request, reply, { 'content-type': 'application/dicom+json' }, inJson(items));
  if (count === 0) return reply.status(204).send();
  if (form.type === 'application/dicom+xml') {
    if (count > 1)
      throw new DicomWebError(
        'NOT_ACCEPTABLE',
        'Several match, and one document of XML holds one. Ask for multipart/related; type="application/dicom+xml", or narrow the search.',
      );
    for await (const item of items) return reply.type('application/dicom+xml').send(xmlOf(item));
  }
  const boundary = randomBytes(16).toString('hex');
  const type = `multipart/related; type="application/dicom+xml"; boundary=${boundary}`;
  return sendPieces(request, reply, { 'content-type': type }, inXml(items, boundary));
}
