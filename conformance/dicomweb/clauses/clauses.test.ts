import { afterAll, beforeAll, describe, test } from 'vitest';
import { clauses } from './all-clauses.ts';
import { type Root, startRoot } from './root.ts';
import { type Sent, sendAll } from './sent.ts';

/** Of the exchange it is known what it does otherwise; should it do as the standard says, that is to be written down. */
const isAnothers = Boolean(process.env.DICOMWEB_URL);

let root: Root;
let sent: Sent;
beforeAll(async () => {
  root = await startRoot();
  sent = await sendAll(root);
});
afterAll(() => root?.end());

for (const { clause, title, checks } of clauses)
  describe(`§${clause} ${title}`, () => {
    for (const { says, holds, unlike } of checks) {
      const kept = unlike === undefined || isAnothers;
      (kept ? test : test.fails)(says, () => holds(root, sent));
    }
  });
