/**
 * The table of all permissions for people, in `docs/permissions.md`; `node tools/permissions-document.ts` writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  actions,
  allPermissions,
  builtinDecisions,
  exchangeWide,
  partsOf,
  permits,
  roles,
  sentenceOf,
  signedInActions,
  visitorActions,
} from '../packages/contract/src/index.ts';

const file = join(import.meta.dirname, '../docs/permissions.md');

export const writtenPermissions = (): string => readFileSync(file, 'utf8');

export function permissionsDocument(): string {
  const free = new Set<string>(signedInActions);
  const rows = allPermissions
    .filter((name) => !free.has(name))
    .map((name) => {
      const held = roles.map((role) => (permits(builtinDecisions[role], name) ? 'yes' : ''));
      const wide = exchangeWide.has(partsOf(name).action) ? ' *Whole exchange.*' : '';
      return `| \`${name}\` | ${held.join(' | ')} | ${sentenceOf(name)}${wide} |`;
    });
  const without = signedInActions.map(
    (name) =>
      `| \`${name}\` | ${visitorActions.includes(name) ? 'anybody' : 'who is signed in'} | ${sentenceOf(name)} |`,
  );
  return `# Permissions

${allPermissions.length - free.size} permissions of ${Object.keys(actions).length - free.size} actions. A role permits or denies each, or says nothing of it; what no role permits is denied, and a
deny wins. A qualifier narrows its action (\`own\`, \`group\`, \`granted\`, \`exact\`, \`reason\`, \`emergency\`: the action includes them) or
widens it (\`unapproved\`, \`identity\`: the action alone does not include them). A new user is a guest.

*Whole exchange*: only in the account that operates the exchange.

| permission | ${roles.join(' | ')} | what it allows |
|---|${roles.map(() => ':-:|').join('')}---|
${rows.join('\n')}

## Without a role
| action | who | what it allows |
|---|---|---|
${without.join('\n')}
`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, permissionsDocument());
