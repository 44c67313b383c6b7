import { paths } from '@symbolon/contract';
import { type DicomWebRoute, dicomWebRoutes } from './described-routes.ts';

/** An address of the DICOMweb root, what can be asked of it, and what is below it. `path`: below the root, `:name` for what varies. */
export type DescribedResource = {
  readonly path: string;
  readonly methods: readonly (readonly [method: string, route: DicomWebRoute])[];
  readonly children: readonly DescribedResource[];
};

type Growing = {
  readonly path: string;
  readonly methods: (readonly [method: string, route: DicomWebRoute])[];
  readonly children: Growing[];
};

/** The tree of all resources. OPTIONS is no part of it: a description does not describe itself (PS3.18 Table H-1). */
const describedResources: DescribedResource = (() => {
  const root: Growing = { path: '', methods: [], children: [] };
  for (const [name, route] of Object.entries(dicomWebRoutes)) {
    const [method = '', url = ''] = name.split(' ');
    if (method === 'OPTIONS' || !url.startsWith(`${paths.dicomweb}/`)) continue;
    let at = root;
    for (const segment of url.slice(paths.dicomweb.length + 1).split('/')) {
      const path = `${at.path}/${segment}`;
      const known = at.children.find((child) => child.path === path);
      const next: Growing = known ?? { path, methods: [], children: [] };
      if (!known) at.children.push(next);
      at = next;
    }
    at.methods.push([method, route]);
  }
  return root;
})();

/** The resource that has addresses of this form; `path` is below the root, and empty for it. Whether there is such a study is not asked. */
export function resourceAt(path: string): DescribedResource | undefined {
  let at: DescribedResource = describedResources;
  for (const segment of path.split('/').slice(1)) {
    const { path: above, children }: DescribedResource = at;
    const next =
      children.find((child) => child.path === `${above}/${segment}`) ??
      children.find((child) => segment !== '' && child.path.startsWith(`${above}/:`));
    if (next === undefined) return undefined;
    at = next;
  }
  // Where nothing can be asked there is nothing, though there be something below.
  return at === describedResources || at.methods.length > 0 ? at : undefined;
}

const collections: ReadonlySet<string> = new Set(['studies', 'series', 'instances', 'patients']);
const levels: Readonly<Record<string, string>> = { ':study': 'Study', ':series': 'Series', ':instance': 'Instance' };
/** Which of several, as a transaction's name has it. */
const parts: Readonly<Record<string, string>> = { ':frames': '', ':path': 'Value', wado: 'ByUri' };
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * What a transaction is called, one name each: `SearchForStudySeries`, `RetrieveRenderedStudy`, `RetrieveSeriesMetadata`.
 * Source: PS3.18 Table H-1.
 */
export function transactionOf(method: string, path: string): string {
  const segments = path.split('/').slice(1);
  const last = segments.findLast((segment) => !segment.startsWith(':')) ?? '';
  const within = segments.flatMap((segment) => levels[segment] ?? []);
  if (method === 'POST') return `Store${within.join('')}Instances`;
  const level = within.at(-1) ?? '';
  if (method === 'DELETE') return `Delete${level}`;
  if (collections.has(last) && segments.at(-1) === last) return `SearchFor${within.join('')}${capital(last)}`;
  const own = segments.slice(segments.findLastIndex((segment) => segment in levels) + 1);
  const rendered = own.at(-1) === 'rendered' ? 'Rendered' : '';
  const rest = own.filter((segment) => segment !== 'rendered').map((segment) => parts[segment] ?? capital(segment));
  return `Retrieve${rendered}${level}${rest.join('')}`;
}
