import { stringifyDicomJson } from '@symbolon/dicom';
import { metadataOf } from './metadata.ts';
import { type Found, instanceUrl, type RetrieveDeps, type Selection } from './selection.ts';

/** Small texts are joined: each write costs more than they do. */
const pieceChars = 256 * 1024;
/** Of one pack no more than this is kept. Bytes. */
const keptBytes = 8 * 1024 * 1024;

/** Texts in UTF-8, in pieces of some size. */
export async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let text = '';
  for await (const piece of texts) {
    text += piece;
    if (text.length < pieceChars) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

/**
 * The metadata of what was selected as a JSON array.
 *
 * Cost    a pack whose metadata is in memory: its text. Else its headers, opened and parsed one by one.
 */
export async function* metadataArray(
  deps: RetrieveDeps,
  studyUrl: string,
  { one, instances }: Selection,
): AsyncGenerator<Buffer> {
  let before = '[';
  const packs = one ? [[one]] : byPack(instances());
  for await (const found of packs) {
    yield Buffer.from(before);
    yield* one ? encoded(texts(deps, studyUrl, found)) : textOfPack(deps, studyUrl, found);
    before = ',';
  }
  yield Buffer.from(before === '[' ? '[]' : ']');
}

/** Instances of one pack come one after another. */
async function* byPack(instances: AsyncIterable<Found>): AsyncGenerator<Found[]> {
  let together: Found[] = [];
  for await (const found of instances) {
    if (together[0] && together[0].pack !== found.pack) {
      yield together;
      together = [];
    }
    together.push(found);
  }
  if (together.length > 0) yield together;
}

async function* texts(deps: RetrieveDeps, studyUrl: string, instances: readonly Found[]): AsyncGenerator<string> {
  let separator = '';
  for (const found of instances) {
    yield separator + stringifyDicomJson(await metadataOf(deps.reader, found, instanceUrl(studyUrl, found)));
    separator = ',';
  }
}

/** All that is current in a pack. */
async function* textOfPack(deps: RetrieveDeps, studyUrl: string, all: readonly Found[]): AsyncGenerator<Buffer> {
  const { pack } = all[0] as Found;
  // What of it is current may change, and by what address it is asked for.
  const name = [pack.packId, pack.state, pack.turned.join(), studyUrl].join(' ');
  // What is in memory is given out for no longer than its key is at hand.
  await deps.chains.study('identity', pack);
  const known = deps.kept.metadata(name);
  if (known) {
    yield known;
    return;
  }
  const keeping = deps.kept.keeping(pack.packId);
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of encoded(texts(deps, studyUrl, all))) {
    bytes += piece.length;
    if (bytes <= keptBytes) pieces.push(piece);
    else pieces.length = 0;
    yield piece;
  }
  if (bytes <= keptBytes) keeping.metadata(name, Buffer.concat(pieces));
}
