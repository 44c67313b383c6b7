import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemCodes, refusalCodes } from '@symbolon/contract';
import { describe, expect, test } from 'vitest';
import { isTest } from './rooms.ts';

const root = join(import.meta.dirname, '..');
const sources = globSync('packages/*/src/**/*.ts', { cwd: root })
  .filter((path) => !isTest(path) && !path.startsWith('packages/testbed/'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const document = readFileSync(join(root, 'docs/errors.md'), 'utf8');

/** The codes of `type XyzCode = | 'A' | 'B';` and of `const xyzCodes = ['A', 'B'] as const;`, by the name declared. */
function declaredCodes(text: string): Map<string, string[]> {
  const unions = text.matchAll(/\btype (\w+(?:Error|Warning)Code)\s*=([^;]*);/g);
  const lists = text.matchAll(/\bconst (\w+Codes) = \[([^\]]*)\] as const/g);
  return new Map(
    [...unions, ...lists].map(([, name = '', body = '']) => [
      name,
      [...body.matchAll(/'([A-Z][A-Z0-9_]+)'/g)].map(([, code]) => code as string),
    ]),
  );
}

const declared = new Map(sources.flatMap(({ text }) => [...declaredCodes(text)]));
const codes = new Set([...declared.values()].flat());
const rows = [...document.matchAll(/^\| `([A-Z0-9_]+)` \|(.*)\|$/gm)].map(([, code = '', rest = '']) => ({
  code,
  cells: rest.split('|').map((cell) => cell.trim()),
}));

describe('docs/errors.md', () => {
  test('the unions of codes are found in the source', () => {
    const names = [...declared.keys()];
    for (const name of ['problemCodes', 'refusalCodes', 'DicomErrorCode', 'VaultErrorCode', 'KeysErrorCode'])
      expect(names).toContain(name);
    for (const name of ['PacksErrorCode', 'BlobErrorCode', 'MultipartErrorCode', 'ClientErrorCode', 'CliErrorCode'])
      expect(names).toContain(name);
    expect(declared.get('problemCodes')).toEqual([...problemCodes]);
    expect(declared.get('refusalCodes')).toEqual([...refusalCodes]);
    expect([...declared.values()].filter((list) => list.length === 0)).toEqual([]);
  });

  test('has a row for every code of every closed union', () => {
    const named = new Set(rows.map(({ code }) => code));
    expect([...codes].filter((code) => !named.has(code))).toEqual([]);
  });

  test('names no code that does not exist', () => {
    const named = [...document.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`/g)].map(([, code]) => code as string);
    expect(named.filter((code) => !codes.has(code))).toEqual([]);
    expect(rows.map(({ code }) => code).filter((code) => !codes.has(code))).toEqual([]);
  });

  test('says of each what it means and what to do', () => {
    for (const { code, cells } of rows) {
      expect(cells.length, code).toBeGreaterThanOrEqual(2);
      for (const cell of cells) expect(cell, code).not.toBe('');
    }
  });

  test('no code is declared that nothing gives out', () => {
    const everything = sources.map(({ text }) => text).join('\n');
    const uses = (code: string): number => everything.split(`'${code}'`).length - 1;
    const declarations = (code: string): number => [...declared.values()].filter((list) => list.includes(code)).length;
    expect([...codes].filter((code) => uses(code) <= declarations(code))).toEqual([]);
  });
});
