import { type Decision, type Decisions, type Permission, permits } from '@symbolon/contract';
import { formatCount } from '../ui/amounts.ts';
import { type CatalogueRow, catalogue } from './catalogue.ts';

/** What a role says of a permission, with silence as an answer. */
export type Said = Decision | 'unset';
export const saidOf = (decisions: Decisions, permission: Permission): Said => decisions[permission] ?? 'unset';

export const saidWords: Readonly<Record<Said, string>> = { permit: 'Permit', deny: 'Deny', unset: 'Not set' };

export function withSaid(decisions: Decisions, permission: Permission, said: Said): Decisions {
  const { [permission]: _, ...others } = decisions;
  return said === 'unset' ? others : { ...others, [permission]: said };
}

export type Change = { readonly permission: Permission; readonly from: Said; readonly to: Said };

/** Where two sets of decisions say something else, in the order of the catalogue. */
export function changesBetween(before: Decisions, after: Decisions): readonly Change[] {
  return catalogue
    .flatMap(({ rows }) => rows)
    .map(({ permission }) => ({ permission, from: saidOf(before, permission), to: saidOf(after, permission) }))
    .filter(({ from, to }) => from !== to);
}

/** What comes of a row beside what is said of it: what its action gives it, or takes from it. */
export function followsFrom(decisions: Decisions, row: CatalogueRow): string | undefined {
  const { action, permission, qualifier, included } = row;
  if (qualifier === undefined || saidOf(decisions, permission) === 'deny') return undefined;
  if (decisions[action] === 'deny') return `Denied with ${action}.`;
  if (included && saidOf(decisions, permission) === 'unset' && decisions[action] === 'permit')
    return `Included in ${action}.`;
  return undefined;
}

/** How much a role gives, in a few words. */
export function amountOf(decisions: Decisions): { readonly permitted: number; readonly denied: number } {
  const rows = catalogue.flatMap((section) => section.rows);
  return {
    permitted: rows.filter(({ permission }) => permits(decisions, permission)).length,
    denied: rows.filter(({ permission }) => saidOf(decisions, permission) === 'deny').length,
  };
}

/** "45 permissions permitted, 2 denied". */
export function amountText(decisions: Decisions): string {
  const { permitted, denied } = amountOf(decisions);
  return `${formatCount(permitted, 'permission')} permitted${denied === 0 ? '' : `, ${formatCount(denied)} denied`}`;
}
