import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dicomWebRoutes } from './described-routes.ts';
import { failureReasons } from './store-answer.ts';

const statement = readFileSync(new URL('../../../../docs/conformance/dicomweb.md', import.meta.url), 'utf8');

describe('the conformance statement', () => {
  test.each(Object.entries(failureReasons))('has the Failure Reason that %s is answered with', (code, reason) => {
    const hexadecimal = reason.toString(16).toUpperCase().padStart(4, '0');
    expect(statement).toContain(`| \`${code}\` | ${hexadecimal} (${reason}) |`);
  });

  const [, table = ''] = /#### 4\.2\.6 Every status\n(.*?)\n#### /s.exec(statement) ?? [];
  const rows = new Map(
    [...table.matchAll(/^\| (\d{3}) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|/gm)].map(([, status, ...cells]) => [
      status,
      cells.map((cell) => cell.trim() !== ''),
    ]),
  );
  const transactions = ['Store', 'Search', 'Retrieve', 'Capabilities', 'Delete'] as const;
  const ofMethod = { POST: 'Store', OPTIONS: 'Capabilities', DELETE: 'Delete' } as const;
  const transactionOf = (route: string, says: string): (typeof transactions)[number] =>
    ofMethod[route.split(' ')[0] as keyof typeof ofMethod] ?? (says.startsWith('Searches') ? 'Search' : 'Retrieve');

  test.each(Object.entries(dicomWebRoutes))(
    'and the OpenAPI document agree which statuses %s has',
    (route, described) => {
      const of = transactions.indexOf(transactionOf(route, described.says));
      for (const status of Object.keys(described.statuses)) expect(rows.get(status)?.[of], status).toBe(true);
    },
  );

  test('names no status of a transaction that none of its routes has', () => {
    // Whatever is asked may be answered so: no route names them.
    const ofAll = new Set(['405', '431', '500', '503']);
    for (const [status, cells] of rows) {
      for (const [at, named] of cells.entries()) {
        if (!named || ofAll.has(String(status))) continue;
        const some = Object.entries(dicomWebRoutes).filter(
          ([route, { says }]) => transactionOf(route, says) === transactions[at],
        );
        expect(
          some.some(([, { statuses }]) => String(status) in statuses),
          `${status} ${transactions[at]}`,
        ).toBe(true);
      }
    }
  });
});
