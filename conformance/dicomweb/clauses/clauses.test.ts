import { afterAll, beforeAll, describe, test } from 'vitest';
import { clauses } from './all-clauses.ts';
import { type Root, startRoot } from './root.ts';
import { type Sent, sendAll } from './sent.ts';

let root: Root;
let sent: Sent;
beforeAll(async () => {
  root = await startRoot();
  sent = await sendAll(root);
});
afterAll(() => root?.end());

for (const { clause, title, checks } of clauses)
  describe(`§${clause} ${title}`, () => {
    for (const { says, holds } of checks) test(says, () => holds(root, sent));
  });
