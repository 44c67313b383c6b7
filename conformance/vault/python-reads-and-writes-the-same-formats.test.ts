import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  context,
  openCell,
  openWhole,
  sealCell,
  sealWhole,
  unwrapKey,
  wrapKey,
} from '../../packages/vault/src/index.ts';
import { nodePrimitives as p } from './node-primitives.ts';
import tink from './tink-vectors.json' with { type: 'json' };
import { bytes, hex } from './vectors/fixed.ts';

type Answer = { bytes?: string; refused?: string };

// Debian's own Python: another one on the path would not see Debian's package.
const python = '/usr/bin/python3';
const missing = spawnSync(python, ['-c', 'import cryptography']).status !== 0;
const skip = missing && process.env.CI !== 'true';
if (skip) console.warn('skipped: the second implementation needs the Debian package python3-cryptography');

function ask(requests: readonly object[]): Answer[] {
  const reader = join(import.meta.dirname, 'read_sealed_stream.py');
  const input = JSON.stringify(requests);
  return JSON.parse(execFileSync(python, [reader], { input, encoding: 'utf8', maxBuffer: 2 ** 28 }));
}

const key = { key: p.random(32), keyId: p.random(16), context: context('pack', p.random(16), 3) };
const named = { key: hex(key.key), keyId: hex(key.keyId), context: hex(key.context) };
const cases = [0, 1, 65_479, 65_480, 65_481, 131_000, 131_001, 400_000].flatMap((plainBytes) =>
  [16, 17].map((log2) => ({ plain: new Uint8Array(p.random(plainBytes)), log2 })),
);

describe.skipIf(skip)('a second implementation (Debian package: python3-cryptography)', () => {
  test('it opens what we seal', async () => {
    const requests = [];
    for (const { plain, log2 } of cases) {
      const sealed = Buffer.concat(await sealWhole(p, key, [plain], { segmentBytes: 2 ** log2 }));
      requests.push({ do: 'open', ...named, bytes: hex(sealed) });
    }
    const answers = ask(requests);
    for (const [i, { plain }] of cases.entries()) expect(answers[i]?.bytes === hex(plain), `case ${i}`).toBe(true);
  });

  test('we open what it seals', async () => {
    const answers = ask(cases.map(({ plain, log2 }) => ({ do: 'seal', ...named, log2, bytes: hex(plain) })));
    for (const [i, { plain }] of cases.entries()) {
      const opened = await openWhole(p, key, bytes(answers[i]!.bytes!));
      expect(Buffer.compare(opened, plain), `case ${i}`).toBe(0);
    }
  });

  test('it refuses what is cut, changed, or meant for elsewhere', async () => {
    const sealed = Buffer.concat(await sealWhole(p, key, [new Uint8Array(140_000)]));
    const changed = Buffer.from(sealed);
    changed[70_000]! ^= 1;
    const open = { do: 'open', ...named, bytes: hex(sealed) };
    const answers = ask([
      open,
      { ...open, bytes: hex(sealed.subarray(0, 64 + 65536)) },
      { ...open, bytes: hex(changed) },
      { ...open, context: hex(context('pack', 4)) },
      { ...open, key: hex(p.random(32)) },
    ]);
    expect(answers.map(({ refused }) => refused)).toEqual([undefined, 'tag', 'tag', 'commitment', 'commitment']);
  });

  test('cells and wraps cross over both ways', async () => {
    const value = p.random(32);
    const given = { key: named.key, context: named.context };
    const cell = await sealCell(p, key.key, value, key.context);
    const wrap = await wrapKey(p, key.key, value, key.context);
    const [openedCell, openedWrap, theirCell, theirWrap] = ask([
      { do: 'open-cell', label: 'symbolon cell', ...given, bytes: hex(cell) },
      { do: 'open-cell', label: 'symbolon wrap', ...given, bytes: hex(wrap) },
      { do: 'seal-cell', label: 'symbolon cell', ...given, bytes: hex(value) },
      { do: 'seal-cell', label: 'symbolon wrap', ...given, bytes: hex(value) },
    ]);
    expect([openedCell?.bytes, openedWrap?.bytes]).toEqual([hex(value), hex(value)]);
    expect(hex(await openCell(p, key.key, bytes(theirCell!.bytes!), key.context))).toBe(hex(value));
    expect(hex(await unwrapKey(p, key.key, bytes(theirWrap!.bytes!), key.context))).toBe(hex(value));
  });

  test('its reader of the inner format opens what Tink itself sealed', () => {
    const answers = ask(tink.vectors.map(({ sealed, ...given }) => ({ do: 'open-tink', ...given, bytes: sealed })));
    expect(answers).toEqual(tink.vectors.map(({ plain }) => ({ bytes: plain })));
  });
});
