import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  domainsEnterByTheDoor,
  domainsFormNoCycle,
  environmentIsReadInConfigOnly,
  importsCarryTheirSuffix,
  packagesFollowTheArrows,
  purePackagesTouchNothing,
  type Rule,
  requestsKeepToTheirAccount,
  roomsHaveHonestNames,
  type Source,
  sqlStaysInStores,
} from './rooms.ts';

const root = join(import.meta.dirname, '..');
const house: Source[] = globSync('{packages,conformance,bench,tools,examples}/**/*.{ts,tsx,mjs}', {
  cwd: root,
  exclude: (path) => path.includes('node_modules') || path.includes('packages/web/dist'),
}).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Each rule is shown to fail: on `broken` it says at least `says`. On `fine`, which comes close, it says nothing. */
type Law = {
  readonly name: string;
  readonly rule: Rule;
  readonly broken: readonly [path: string, text: string, says: string][];
  readonly fine: readonly [path: string, text: string][];
};

const laws: readonly Law[] = [
  {
    name: 'packages import only what the arrows allow, by name, and testbed in tests alone',
    rule: packagesFollowTheArrows,
    broken: [
      ['packages/vault/src/a.ts', "import { text } from '@symbolon/dicom';", 'vault may not import dicom'],
      ['packages/client/src/a.ts', "export * from '@symbolon/server';", 'client may not import server'],
      ['packages/server/src/a.ts', "import {\n  ct,\n} from '@symbolon/testbed';", 'server may not import testbed'],
      ['packages/cli/src/a.ts', "import { x } from '@symbolon/server/src/app.ts';", "not the package's index.ts"],
      ['packages/cli/src/a.ts', "import { x } from '../../server/src/app.ts';", 'leaves the package'],
      ['packages/server/src/a.ts', "const x = await import('@symbolon/web');", 'server may not import web'],
      ['packages/web/src/a.tsx', "import { serve } from '@symbolon/server';", 'web may not import server'],
    ],
    fine: [
      [
        'packages/cli/src/a.ts',
        "import { serve } from '@symbolon/server';\nimport { buildPages } from '@symbolon/web';",
      ],
      ['packages/server/src/a.test.ts', "import { ctStudy } from '@symbolon/testbed';"],
      [
        'packages/vault/src/a.ts',
        "// import { text } from '@symbolon/dicom';\nconst not = \"from '@symbolon/dicom'\";",
      ],
    ],
  },
  {
    name: 'pure packages, and those that browsers run, touch nothing of Node; pure ones no clock, log or network',
    rule: purePackagesTouchNothing,
    broken: [
      ['packages/dicom/src/a.ts', "import { hash } from 'node:crypto';", 'uses node:crypto'],
      ['packages/client/src/a.ts', 'const all = Buffer.concat(pieces);', 'uses Buffer'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source code
      ['packages/vault/src/a.ts', 'const where = `${process.pid}`;', 'uses process'],
      ['packages/contract/src/a.ts', 'const at = Date.now();', 'uses Date.now'],
      ['packages/dicom/src/a.ts', "console.log('x');", 'uses console'],
    ],
    fine: [
      ['packages/dicom/src/a.ts', "// What node:zlib's Buffer says.\nconst a: ArrayBuffer = new ArrayBuffer(1);"],
      ['packages/dicom/src/a.test.ts', "import { hash } from 'node:crypto';"],
      ['packages/client/src/a.ts', 'setTimeout(done, 10);'],
      ['packages/dicom/src/b.ts', "const words = ['process', 'Buffer']; /Buffer '/.test(x); const day = new Date(0);"],
    ],
  },
  {
    name: 'a domain of the exchange is entered through its index.ts, and platform enters none',
    rule: domainsEnterByTheDoor,
    broken: [
      ['packages/server/src/intake/a.ts', "import { x } from '../studies/study.store.ts';", 'not the door of studies'],
      ['packages/server/src/app.ts', "import type { X } from './keys/key-cache.ts';", 'not the door of keys'],
      ['packages/server/src/platform/http/a.ts', "import { x } from '../../keys/index.ts';", 'platform may not import'],
      ['packages/server/src/platform/a.ts', "import { x } from '../problems.ts';", 'platform may not import'],
    ],
    fine: [
      ['packages/server/src/intake/a.ts', "import { x } from '../studies/index.ts';"],
      ['packages/server/src/intake/a.ts', "import { x } from '../platform/db/database.ts';"],
      ['packages/server/src/intake/a.ts', "import { x } from './held.ts';"],
    ],
  },
  {
    name: 'the domains of the exchange form no cycle',
    rule: domainsFormNoCycle,
    broken: [
      [
        'packages/server/src/audit/a.ts',
        "import { x } from '../studies/index.ts';",
        'audit → studies → audit: a cycle',
      ],
      ['packages/server/src/studies/a.ts', "import type { x } from '../audit/index.ts';", 'a cycle'],
    ],
    fine: [
      ['packages/server/src/studies/a.ts', "import { x } from '../audit/index.ts';"],
      ['packages/server/src/audit/a.ts', "import { x } from '../keys/index.ts';"],
    ],
  },
  {
    name: 'routes see the rows of the account of who asks, and of no other',
    rule: requestsKeepToTheirAccount,
    broken: [
      ['packages/server/src/studies/a.routes.ts', 'aRoutes(app, deps: StudiesDeps) {}', 'every account'],
      [
        'packages/server/src/grants/a.routes.ts',
        'aRoutes(app, deps: Routed<D>) { look(deps.databases.every) }',
        'ofAccount',
      ],
    ],
    fine: [
      ['packages/server/src/grants/a.routes.ts', 'aRoutes(app, deps: Routed<D>) { look(ofAccount(deps, request)) }'],
      ['packages/server/src/backup/backup.routes.ts', 'backupRoutes(app, deps: BackupRoutesDeps) {}'],
    ],
  },
  {
    name: 'SQL stands in *.store.ts and platform/db alone',
    rule: sqlStaysInStores,
    broken: [
      ['packages/server/src/app.ts', "import { sql } from 'kysely';", "a value of 'kysely'"],
      ['packages/server/src/app.ts', 'await sql`select 1`.execute(db);', 'sql`'],
      ['packages/server/src/intake/a.ts', "db\n  .deleteFrom('packs')", '.deleteFrom('],
      ['packages/server/src/keys/a.ts', "import { DatabaseSync } from 'node:sqlite';", 'node:sqlite'],
      ['packages/server/src/platform/a.ts', "db.exec('PRAGMA x = 1; delete from wraps')", 'delete from wraps'],
      ['packages/cli/src/a.ts', 'db.prepare(`select 1`)', '.prepare('],
    ],
    fine: [
      ['packages/server/src/keys/a.store.ts', "db.prepare('select 1')"],
      ['packages/server/src/platform/db/migrate.ts', 'await sql`select 1`.execute(db);'],
      ['packages/server/src/platform/lock.ts', "import 'node:sqlite';\ndb.exec('PRAGMA x = 0; BEGIN EXCLUSIVE')"],
      ['packages/server/src/audit/a.ts', "import type { Insertable } from 'kysely';\nform.exec(text);"],
    ],
  },
  {
    name: 'process.env is read in files named config.ts alone',
    rule: environmentIsReadInConfigOnly,
    broken: [['packages/server/src/app.ts', "const url = process.env['DATABASE_URL'];", 'outside config.ts']],
    fine: [
      ['packages/server/src/config.ts', 'const url = process.env.DATABASE_URL;'],
      ['packages/server/src/a.ts', "const help = 'process.env is for config.ts';"],
      ['packages/testbed/src/a.ts', 'process.env.CI'],
    ],
  },
  {
    name: 'no room is called utils, helpers, common, shared, misc, lib, services or managers',
    rule: roomsHaveHonestNames,
    broken: [
      ['packages/server/src/lib/a.ts', '', 'a room called lib'],
      ['packages/client/src/Utils.ts', '', 'a room called Utils'],
      ['tools/helpers.test.ts', '', 'a room called helpers'],
    ],
    fine: [
      ['packages/server/src/keys/key-service.ts', ''],
      ['packages/server/src/calibrate.ts', ''],
    ],
  },
  {
    name: 'relative imports carry their .ts',
    rule: importsCarryTheirSuffix,
    broken: [
      ['tools/a.ts', "import { x } from './rooms';", 'lacks its .ts'],
      ['packages/web/src/a.tsx', "import { Page } from './page';", 'lacks its .ts'],
    ],
    fine: [
      ['tools/a.ts', "import { x } from './rooms.ts';\nimport { y } from 'vitest';"],
      ['packages/web/src/a.tsx', "import { Page } from './page.tsx';\nimport classes from './a.module.css';"],
    ],
  },
];

describe.each(laws)('$name', ({ rule, broken, fine }) => {
  test('in the house as it stands', () => {
    expect(house.length).toBeGreaterThan(100);
    expect(rule(house)).toEqual([]);
  });

  test('and the rule sees what breaks it', () => {
    const said = rule(broken.map(([path, text]) => ({ path, text })));
    for (const [path, , says] of broken) {
      const about = rule.name === 'domainsFormNoCycle' ? says : path;
      expect(said).toContainEqual(expect.stringContaining(about));
      expect(said).toContainEqual(expect.stringContaining(says));
    }
  });

  test('and is silent where nothing is wrong', () => {
    expect(rule(fine.map(([path, text]) => ({ path, text })))).toEqual([]);
  });
});
