import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clauses } from './all-clauses.ts';

const document = readFileSync(new URL('../../../docs/conformance/dicomweb-clauses.md', import.meta.url), 'utf8');

test('the page of the clauses has a line for each check, and says of each that it holds here', () => {
  const held = document.split('\n').flatMap((line) => /^\| (.+) \| yes \| (?:yes|–) \|$/.exec(line)?.[1] ?? []);
  const asked = clauses.flatMap(({ checks }) => checks.map(({ says }) => says.replaceAll('|', '\\|')));
  expect(held).toEqual(asked);
});
