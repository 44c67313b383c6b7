import { type Decisions, permits, together } from '@symbolon/contract';

/** The decisions that hold for one person, put together once from their roles. */
export type Rights = {
  /** Of their role in the account, narrowed to the scope of the token they came by. */
  readonly account: Decisions;
  /** Of the role they have in a group or location, by its namespace; empty where they have none there. */
  readonly groups: ReadonlyMap<string, Decisions>;
  /** Whether their account operates the exchange. */
  readonly operates: boolean;
};

/**
 * Puts a person's rights together. `scope`: of the token they came by, the only permissions it carries; null where it
 * carries all. What the account's role denies, no role in a group gives back.
 */
export function rightsOf(
  account: Decisions,
  groups: readonly { readonly namespaceId: string; readonly decisions: Decisions | null }[],
  { operates, scope }: { readonly operates: boolean; readonly scope: readonly string[] | null },
): Rights {
  const denied = Object.fromEntries(Object.entries(account).filter(([, decision]) => decision === 'deny'));
  return {
    account: within(account, scope),
    groups: new Map(
      groups.map(({ namespaceId, decisions }) => [namespaceId, within(together([decisions ?? {}, denied]), scope)]),
    ),
    operates,
  };
}

/** The same rights with identities closed: all that is seen of a study is its pseudonyms. Undefined where they showed none anyway. */
export function withoutIdentities(rights: Rights): Rights | undefined {
  let closed = false;
  const close = (decisions: Decisions): Decisions =>
    Object.fromEntries(
      Object.entries(decisions).filter(([name, decision]) => {
        const shows = name.endsWith('.identity') && decision === 'permit';
        closed ||= shows;
        return !shows;
      }),
    );
  const { account, groups } = rights;
  const without = {
    ...rights,
    account: close(account),
    groups: new Map([...groups].map(([namespaceId, decisions]) => [namespaceId, close(decisions)])),
  };
  return closed ? without : undefined;
}

/** What of these decisions a token of this scope carries: a permission of the scope where its holder has it, and every deny. */
function within(decisions: Decisions, scope: readonly string[] | null): Decisions {
  if (scope === null) return decisions;
  const kept = scope.filter((name) => permits(decisions, name as keyof Decisions)).map((name) => [name, 'permit']);
  const denied = Object.entries(decisions).filter(([, decision]) => decision === 'deny');
  return Object.fromEntries([...kept, ...denied]) as Decisions;
}
