import {
  type Action,
  actions,
  exchangeWide,
  narrowings,
  type Permission,
  partsOf,
  type Qualifier,
  sentenceOf,
  sentences,
  signedInActions,
} from '@symbolon/contract';

/** What stands before the dot, for people to read; in this order. */
export const objects = {
  study: 'Studies',
  instance: 'Sending images',
  receipt: 'Receipts',
  reason: 'Opening for a reason',
  emergency: 'Emergency access',
  grant: 'Grants',
  link: 'Links',
  conflict: 'Images kept aside',
  user: 'People',
  service: 'Programs',
  role: 'Roles',
  group: 'Groups',
  location: 'Locations',
  token: 'API tokens',
  account: 'Account',
  address: 'Address lists',
  terms: 'Terms of use',
  policy: 'Signing in',
  password: 'Passwords',
  identity: 'Second passwords',
  factor: 'Second factors',
  audit: 'Audit',
  usage: 'Usage',
  quota: 'Quota',
  erasure: 'Erasures',
  patient: 'Patients',
  hold: 'Holds',
  key: 'Keys',
  storage: 'Storage',
  backup: 'Backups',
  metrics: 'Figures for monitoring',
} as const;

/** One row: an action, or an action with a qualifier; `says` what it allows. */
export type CatalogueRow = {
  readonly permission: Permission;
  readonly action: Action;
  readonly qualifier: Qualifier | undefined;
  readonly says: string;
  /** Whether it is held together with its action, where nothing is said of it. */
  readonly included: boolean;
  readonly exchangeWide: boolean;
};
export type Section = { readonly object: string; readonly title: string; readonly rows: readonly CatalogueRow[] };

const titleOf = (object: string): string =>
  Object.hasOwn(objects, object) ? objects[object as keyof typeof objects] : object;

function rowsOf(action: Action): CatalogueRow[] {
  const narrower = new Set(narrowings(action));
  const all = [action, ...actions[action].map((qualifier) => `${action}.${qualifier}` as Permission)];
  return all.map((permission) => {
    const { qualifier } = partsOf(permission);
    return {
      permission,
      action,
      qualifier,
      says: qualifier === undefined ? sentences[action] : sentenceOf(permission).slice(sentences[action].length + 1),
      included: narrower.has(permission),
      exchangeWide: exchangeWide.has(action),
    };
  });
}

/** Every permission that a role can name, by what it is about. */
export const catalogue: readonly Section[] = (() => {
  const byObject = new Map<string, CatalogueRow[]>(Object.keys(objects).map((object) => [object, []]));
  for (const action of Object.keys(actions) as Action[]) {
    if (signedInActions.includes(action)) continue;
    const object = action.split('.')[0] as string;
    byObject.set(object, [...(byObject.get(object) ?? []), ...rowsOf(action)]);
  }
  return [...byObject].flatMap(([object, rows]) =>
    rows.length === 0 ? [] : [{ object, title: titleOf(object), rows }],
  );
})();

/** Whether all of these words stand in a permission's name, in what it allows, or in the heading that it stands under. */
export function permissionsLike(words: string): (permission: Permission, says: string) => boolean {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return (permission, says) => {
    const text = `${titleOf(permission.split('.')[0] as string)} ${permission} ${says}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
}

/** What of the catalogue has all of these words, in a name, a sentence or a heading; and passes. An action is shown above its qualifiers. */
export function sectionsWith(words: string, passes: (row: CatalogueRow) => boolean = () => true): readonly Section[] {
  const like = permissionsLike(words);
  return catalogue.flatMap(({ object, title, rows }) => {
    const found = rows.filter((row) => like(row.permission, row.says) && passes(row));
    return found.length === 0 ? [] : [{ object, title, rows: found }];
  });
}
