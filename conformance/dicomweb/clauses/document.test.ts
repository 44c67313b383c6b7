import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clauses } from './all-clauses.ts';

const document = readFileSync(new URL('../../../docs/conformance/dicomweb-clauses.md', import.meta.url), 'utf8');

test('the page of the clauses has a line for each check, and says of each that it holds here, or why not', () => {
  const line = /^\| (.+) \| (yes|–: .+) \| (?:yes|–) \|$/;
  const told = document.split('\n').flatMap((text) => {
    const [, says, ours] = line.exec(text) ?? [];
    return says === undefined ? [] : [[says, ours]];
  });
  const asked = clauses.flatMap(({ checks }) =>
    checks.map(({ says, unlike }) => [says.replaceAll('|', '\\|'), unlike === undefined ? 'yes' : `–: ${unlike}`]),
  );
  expect(told).toEqual(asked);
});
