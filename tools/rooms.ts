/**
 * The import law of this house, as rules over source files: each gives the files that break it, and why.
 * `rooms.test.ts` holds the tree to them.
 */
import { dirname, join } from 'node:path/posix';

export type Source = { readonly path: string; readonly text: string };

/** `path: why`, one for each offence. */
export type Rule = (files: readonly Source[]) => string[];

/**
 * Which packages may import which. Only tests, conformance and bench may import `testbed`. `cli` enters `web` by its door
 * `pages/`, a program for Node that builds the app; what a browser runs, in `src`, has no door.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  dicom: [],
  vault: [],
  contract: [],
  hl7: [],
  pixels: ['dicom'],
  dimse: ['dicom'],
  client: ['contract', 'vault', 'dicom'],
  server: ['contract', 'dicom', 'pixels', 'vault'],
  gateway: ['client', 'dicom', 'pixels', 'dimse', 'hl7', 'vault'],
  web: ['client', 'contract', 'dicom', 'pixels', 'vault'],
  cli: ['client', 'contract', 'dicom', 'pixels', 'vault', 'server', 'gateway', 'web'],
  testbed: ['client', 'contract', 'dicom', 'vault'],
};
const pure = ['dicom', 'pixels', 'vault', 'contract', 'hl7', 'dimse'];
const withoutNode = [...pure, 'client', 'web'];
const bannedRooms = ['utils', 'helpers', 'common', 'shared', 'misc', 'lib', 'services', 'managers'];

export const packagesFollowTheArrows: Rule = (files) =>
  eachImport(files, (file, target) => {
    const from = packageOf(file.path);
    if (from === undefined) return undefined;
    if (target.startsWith('.')) {
      const inside = join(dirname(file.path), target).startsWith(`packages/${from}/`);
      return inside ? undefined : `${target} leaves the package; other packages are entered by their names`;
    }
    const [, to, door] = /^@symbolon\/([^/]+)(\/.+)?$/.exec(target) ?? [];
    if (to === undefined || to === from) return undefined;
    if (isTest(file.path)) return undefined;
    if (door !== undefined) return `${target} is not the package's index.ts`;
    return arrows[from]?.includes(to) ? undefined : `${from} may not import ${to}`;
  });

export const purePackagesTouchNothing: Rule = (files) =>
  files.flatMap((file) => {
    const name = packageOf(file.path);
    if (name === undefined || !withoutNode.includes(name) || isTest(file.path)) return [];
    // Beside src stand programs for development, such as the dictionary's generator.
    if (!file.path.includes('/src/')) return [];
    const node = importsOf(file).filter((target) => target.startsWith('node:'));
    const words = [...bareCode(file.text).matchAll(/(?<![.\w$])(Buffer|process|require)\b(?!\s*[:?])/g)];
    const world = pure.includes(name)
      ? [
          ...bareCode(file.text).matchAll(
            /\bconsole\b|\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bset(?:Timeout|Interval)\b|\bfetch\(/g,
          ),
        ]
      : [];
    return [...node, ...[...words, ...world].map(([word]) => word)].map((what) => `${file.path}: uses ${what}`);
  });

export const domainsEnterByTheDoor: Rule = (files) =>
  eachImport(files, (file, target) => {
    const to = targetInServer(file, target);
    if (to === undefined || isTest(file.path)) return undefined;
    const [from, domain] = [domainOf(file.path), domainOf(to)];
    if (from === 'platform' && domain !== 'platform') return `platform may not import ${to}`;
    if (domain === undefined || domain === from || domain === 'platform') return undefined;
    return to.endsWith(`/${domain}/index.ts`) ? undefined : `${to} is not the door of ${domain}`;
  });

export const domainsFormNoCycle: Rule = (files) => {
  const edges = new Map<string, Set<string>>();
  for (const file of files) {
    if (isTest(file.path)) continue;
    for (const target of importsOf(file)) {
      const [from, to] = [domainOf(file.path), domainOf(targetInServer(file, target) ?? '')];
      if (from && to && from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  }
  const found: string[] = [];
  const walk = (road: readonly string[]): void => {
    for (const next of edges.get(road.at(-1) as string) ?? []) {
      // Told once, from the domain that comes first in the alphabet.
      if (next === road[0] && road.every((name) => name >= next)) found.push(`${[...road, next].join(' → ')}: a cycle`);
      if (!road.includes(next)) walk([...road, next]);
    }
  };
  for (const name of edges.keys()) walk([name]);
  return found;
};

/**
 * SQL stands in stores, and in `platform/db`, which holds the schema, its migrations and how databases are opened.
 * Elsewhere in `platform` SQLite may serve as a lock: statements that touch no table.
 */
export const sqlStaysInStores: Rule = (files) =>
  files.flatMap((file) => {
    const at = file.path;
    if (!at.startsWith('packages/') || isTest(at) || at.startsWith('packages/testbed/')) return [];
    if (at.endsWith('.store.ts') || at.includes('/platform/db/')) return [];
    const text = withoutComments(file.text);
    const queries = [
      ...text.matchAll(/\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(|\bsql`|\bsql\.raw\b/g),
    ];
    const statements = [...text.matchAll(/\.(?:exec|prepare)\(\s*(['"`])([\s\S]*?)\1/g)].filter(
      ([, , statement = '']) => !statement.split(';').every((one) => /^\s*(pragma|begin)\b/i.test(one)),
    );
    const values = /import (?!type)[^;]*from 'kysely'/.test(text) ? ["a value of 'kysely'"] : [];
    const sqlite = text.includes("'node:sqlite'") && !at.includes('/platform/') ? ["'node:sqlite'"] : [];
    return [...[...queries, ...statements].map(([what]) => what.trim()), ...values, ...sqlite].map(
      (what) => `${at}: SQL outside a store (${what})`,
    );
  });

/**
 * Routes that see the rows of every account: of what the exchange does by itself, of people who are not signed in yet, and of
 * instances, which are kept together whosesoever they are.
 */
const seeEveryAccount =
  /\/(backup|keys|openapi|people|rewrite|scrub|storage)\/|\/dicomweb\/(capabilities|store)\.routes\.ts$/;

/** What a request does goes by the database of its own account: see `platform/db/second-wall.ts`. */
export const requestsKeepToTheirAccount: Rule = (files) =>
  files
    .filter(({ path }) => path.startsWith('packages/server/src/') && path.endsWith('.routes.ts'))
    .filter(
      ({ path, text }) => !seeEveryAccount.test(path) && (!/\bRouted(<|[A-Z])/.test(text) || /\.every\b/.test(text)),
    )
    .map(({ path }) => `${path}: sees the rows of every account; take Routed<…> and ofAccount`);

/** Development's own programs may look at their environment; the product reads it in one place of each package. */
export const environmentIsReadInConfigOnly: Rule = (files) =>
  files
    .filter(({ path }) => path.startsWith('packages/') && !path.startsWith('packages/testbed/') && !isTest(path))
    .filter(
      ({ path, text }) => !path.endsWith('/config.ts') && /\bprocess\s*\.\s*env\b|\bprocess\[/.test(bareCode(text)),
    )
    .map(({ path }) => `${path}: reads process.env outside config.ts`);

export const roomsHaveHonestNames: Rule = (files) =>
  files.flatMap(({ path }) =>
    path
      .split('/')
      .map((part) => part.split('.')[0] as string)
      .filter((name) => bannedRooms.includes(name.toLowerCase()))
      .map((name) => `${path}: a room called ${name} holds anything`),
  );

export const importsCarryTheirSuffix: Rule = (files) =>
  eachImport(files, (_, target) =>
    target.startsWith('.') && !/\.(tsx?|mjs|json|css|svg)$/.test(target) ? `${target} lacks its .ts` : undefined,
  );

function eachImport(files: readonly Source[], judge: (file: Source, target: string) => string | undefined): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((target) => {
      const why = judge(file, target);
      return why === undefined ? [] : [`${file.path}: ${why}`];
    }),
  );
}

function importsOf({ text }: Source): string[] {
  const pattern =
    /^\s*(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...withoutComments(text).matchAll(pattern)].map((found) => (found[1] ?? found[2] ?? found[3]) as string);
}

export function isTest(path: string): boolean {
  return /\.(test|suite|testing|fixture|bench)\.tsx?$|\/scripted-[a-z-]+\.ts$/.test(path);
}

function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

const server = 'packages/server/src/';

/** The folder of the server that a file stands in; undefined for those beside app.ts. */
function domainOf(path: string): string | undefined {
  return path.startsWith(server) ? /^([^/]+)\//.exec(path.slice(server.length))?.[1] : undefined;
}

function targetInServer(file: Source, target: string): string | undefined {
  if (!file.path.startsWith(server) || !target.startsWith('.')) return undefined;
  return join(dirname(file.path), target);
}

/** Comments, strings, templates and regular expressions, so that what looks like one inside another is not taken for it. */
const tokens =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[(,=:[!&|?;{}]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;

function withoutComments(text: string): string {
  return text.replace(tokens, (token) => (/^\/[/*]/.test(token) ? ' ' : token));
}

/** The code alone: of templates what stands in `${…}`, of strings and regular expressions nothing. */
function bareCode(text: string): string {
  return text.replace(tokens, (token) => (token.startsWith('`') ? (token.match(/\$\{[^}]*\}/g) ?? []).join(' ') : ' '));
}
