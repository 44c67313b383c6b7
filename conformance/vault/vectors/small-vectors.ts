import {
  context,
  deriveKey,
  keyedDigest,
  type Primitives,
  sealCell,
  wrapKey,
} from '../../../packages/vault/src/index.ts';
import { nodeMacs, nodePrimitives as p } from '../node-primitives.ts';
import { chosen, counting, drawing, hex } from './fixed.ts';

export type Part = { readonly text: string } | { readonly bytes: string } | { readonly number: number };
export type CellKind = 'cell' | 'wrap';

export function partsOf(parts: readonly Part[]): (string | Uint8Array | number)[] {
  return parts.map((part) =>
    'text' in part ? part.text : 'number' in part ? part.number : Buffer.from(part.bytes, 'hex'),
  );
}

const key = counting(0x00, 32);
const none = new Uint8Array(0);
const ids = {
  account: '3f0d2c58-6a51-4a6e-9d0b-1f3c5b7a9e10',
  series: '7b1e4a90-25c3-4f8d-8e62-0d9a6c4b2f31',
  pack: 'c4a8e2d6-91b7-4035-a2f4-5e6d7c8b9a02',
};

/** docs/formats/vectors/context.json */
export function contextVectors() {
  const lists: { name: string; parts: Part[] }[] = [
    { name: 'text, number, bytes', parts: [{ text: 'account' }, { number: 7 }, { bytes: 'ff00' }] },
    { name: 'one empty text', parts: [{ text: '' }] },
    { name: 'no bytes', parts: [{ bytes: '' }] },
    { name: 'one text', parts: [{ text: 'ab' }] },
    { name: 'the same letters, cut in two', parts: [{ text: 'a' }, { text: 'b' }] },
    { name: 'the same letters as bytes', parts: [{ bytes: '6162' }] },
    { name: 'text beyond ASCII', parts: [{ text: 'Jérôme 山田 𝒳' }] },
    { name: 'text that is not normalised', parts: [{ text: 'e\u0301' }] },
    { name: 'the smallest and the largest number', parts: [{ number: 0 }, { number: Number.MAX_SAFE_INTEGER }] },
  ];
  const refused: { name: string; parts: Part[]; code: string }[] = [
    { name: 'an empty list', parts: [], code: 'VAULT_CONTEXT_WRONG' },
    { name: 'a lone surrogate', parts: [{ text: '\ud800' }], code: 'VAULT_CONTEXT_WRONG' },
    { name: 'a negative number', parts: [{ number: -1 }], code: 'VAULT_CONTEXT_WRONG' },
    { name: 'a number beyond 2^53 - 1', parts: [{ number: 2 ** 53 }], code: 'VAULT_CONTEXT_WRONG' },
  ];
  const contexts = lists.map(({ name, parts }) => ({ name, parts, encoded: hex(context(...partsOf(parts))) }));
  return { page: '../sealed-cell.md#context', contexts, refused };
}

/** docs/formats/vectors/sealed-cell.json */
export async function cellVectors() {
  const place = context('study', ids.account, 7);
  const values: [string, CellKind, Uint8Array][] = [
    ['a cell of no byte', 'cell', none],
    ['a cell of one byte', 'cell', Uint8Array.of(0x41)],
    ['a cell of text', 'cell', Buffer.from('{"version":1,"name":"Doe^Jané"}')],
    ['a wrapped key', 'wrap', counting(0x20, 32)],
    ['the shortest key', 'wrap', counting(0x20, 16)],
    ['the longest key', 'wrap', counting(0x20, 64)],
  ];
  const seal = async (name: string, kind: CellKind, plain: Uint8Array) => {
    const nonce = await chosen(`nonce of ${name}`, 12);
    const sealed = await (kind === 'cell' ? sealCell : wrapKey)(drawing(nonce), key, plain, place);
    return {
      name,
      kind,
      key: hex(key),
      context: hex(place),
      nonce: hex(nonce),
      plain: hex(plain),
      sealed: hex(sealed),
    };
  };
  const cells = [];
  for (const [name, kind, plain] of values) cells.push(await seal(name, kind, plain));
  const [, one, , wrap, short] = cells.map(({ sealed }) => sealed);
  const touched = (at: number) => {
    const sealed = Buffer.from(one!, 'hex');
    sealed[at]! ^= 1;
    return hex(sealed);
  };
  // A key of 15 bytes as only a broken writer would wrap it: the construction of a cell under the label of a wrap.
  const nonce = await chosen('nonce of a key that is too short', 12);
  const label = Buffer.concat([Buffer.from('symbolon wrap'), Buffer.of(1), place]);
  const tooShort = hex(Buffer.concat([Buffer.of(1), nonce, p.seal(key, nonce, label, counting(0x20, 15))]));
  const own = { key: hex(key), context: hex(place) };
  const tag = 'VAULT_TAG_MISMATCH';
  const refused = [
    { name: 'another key', kind: 'cell', ...own, key: hex(counting(0x01, 32)), sealed: one!, code: tag },
    {
      name: 'another row',
      kind: 'cell',
      ...own,
      context: hex(context('study', ids.account, 8)),
      sealed: one!,
      code: tag,
    },
    { name: 'a wrap read as a cell', kind: 'cell', ...own, sealed: wrap!, code: tag },
    { name: 'a cell read as a wrap', kind: 'wrap', ...own, sealed: one!, code: tag },
    { name: 'a changed nonce', kind: 'cell', ...own, sealed: touched(1), code: tag },
    { name: 'a changed ciphertext', kind: 'cell', ...own, sealed: touched(13), code: tag },
    { name: 'a changed tag', kind: 'cell', ...own, sealed: touched(29), code: tag },
    { name: 'version 0', kind: 'cell', ...own, sealed: touched(0), code: 'VAULT_VERSION_UNKNOWN' },
    { name: 'version 2', kind: 'cell', ...own, sealed: `02${one!.slice(2)}`, code: 'VAULT_VERSION_UNKNOWN' },
    { name: 'no byte', kind: 'cell', ...own, sealed: '', code: 'VAULT_TRUNCATED' },
    { name: 'cut to 28 bytes', kind: 'cell', ...own, sealed: one!.slice(0, 56), code: 'VAULT_TRUNCATED' },
    { name: 'cut by a byte', kind: 'wrap', ...own, sealed: short!.slice(0, -2), code: tag },
    { name: 'one byte more', kind: 'cell', ...own, sealed: `${one!}00`, code: tag },
    { name: 'a key that is too short', kind: 'wrap', ...own, sealed: tooShort, code: 'VAULT_LENGTH_WRONG' },
    {
      name: 'a wrapping key of 16 bytes',
      kind: 'wrap',
      ...own,
      key: hex(counting(0, 16)),
      sealed: wrap!,
      code: 'VAULT_LENGTH_WRONG',
    },
  ];
  return { page: '../sealed-cell.md', cells, refused };
}

/** docs/formats/vectors/key-derivation.json */
export async function derivationVectors() {
  const derive = async (name: string, from: Uint8Array, ...labels: string[]) => {
    const derived = await deriveKey(p as Primitives, from, none, context('derive', ...labels));
    return { name, from: hex(from), labels, derived: hex(derived) };
  };
  const keys = [];
  for (const chain of ['identity', 'image', 'audit']) {
    const series = await derive(`the series key, ${chain} chain`, key, 'series', chain, ids.series);
    keys.push(series);
    keys.push(
      await derive(`the pack key, ${chain} chain`, Buffer.from(series.derived, 'hex'), 'pack', chain, ids.pack),
    );
  }
  for (const field of ['studyUid', 'patientId', 'name'])
    keys.push(await derive(`the search key of ${field}`, key, 'search', field));
  return { page: '../pack.md#keys', keys };
}

/** docs/formats/vectors/keyed-digest.json */
export async function digestVectors() {
  const place = context('pack', 'image', ids.pack, 1);
  const digest = async (name: string, said: Uint8Array) => ({
    name,
    key: hex(key),
    context: hex(place),
    bytes: hex(said),
    digest: hex(await keyedDigest(nodeMacs, key, place, [said])),
  });
  const digests = [
    await digest('no byte', none),
    await digest('one byte', Uint8Array.of(0x41)),
    await digest('more than a block of SHA-512', counting(0, 200)),
  ];
  const [, one] = digests;
  const refused = [
    { ...one!, name: 'another key', key: hex(counting(0x01, 32)) },
    { ...one!, name: 'another place', context: hex(context('pack', 'image', ids.pack, 2)) },
    { ...one!, name: 'a changed byte', bytes: '40' },
    { ...one!, name: 'cut', digest: one!.digest.slice(0, 64) },
  ].map((row) => ({ ...row, code: 'VAULT_TAG_MISMATCH' }));
  return { page: '../keyed-digest.md', digests, refused };
}
