import { allOnStudy, type Rights, type Thing } from '../access/index.ts';

/** Somebody to whom a study is granted, or who would be: a member of a group. */
export type Holder = { readonly namespaceId: string; readonly rights: Rights };

/** A study as it is without what ends by itself; and as it will be when it is approved. */
const situations = (study: Thing): Thing[] => [
  { ...study, openings: [] },
  { ...study, openings: [], unapproved: false },
];

/** What of all that can be done with a study is done by a grant to this namespace, and could not be without any. */
export function givenBy(holders: readonly Holder[], study: Thing, to: string): ReadonlySet<string>[] {
  return situations(study).map((thing) => {
    const given = new Set<string>();
    for (const holder of holders) {
      const without = allOnStudy(holder, { ...thing, grantedTo: [] });
      for (const name of allOnStudy(holder, { ...thing, grantedTo: [to] })) if (!without.has(name)) given.add(name);
    }
    return given;
  });
}

/** What of that somebody has not themselves, by these grants and their roles. */
export function notTheirs(
  giver: Holder,
  study: Thing,
  given: readonly ReadonlySet<string>[],
  grantedTo: readonly string[],
): string[] {
  const missing = situations(study).flatMap((thing, at) => {
    const own = allOnStudy(giver, { ...thing, grantedTo });
    return [...(given[at] as ReadonlySet<string>)].filter((name) => !own.has(name));
  });
  return [...new Set(missing)];
}
