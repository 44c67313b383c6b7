import type { ExplainedPermission, ReachAnswer, Reason } from '@symbolon/contract';
import { permissionsLike } from '../roles/catalogue.ts';
import { formatCount } from '../ui/amounts.ts';

export const verdicts = ['permitted', 'some groups', 'denied', 'unset'] as const;
export type Verdict = (typeof verdicts)[number];
export const verdictWords: Readonly<Record<Verdict, string>> = {
  permitted: 'Permitted',
  'some groups': 'In some groups',
  denied: 'Denied',
  unset: 'Not set',
};
export const verdictTones = { permitted: 'good', 'some groups': 'wait', denied: 'bad', unset: 'plain' } as const;

export type VerdictFilter = Verdict | 'all';
export const verdictFilters: readonly { readonly value: VerdictFilter; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'permitted', label: 'Permitted' },
  { value: 'denied', label: 'Denied' },
  { value: 'unset', label: 'Not set' },
];

/** What passes: a verdict, with what is permitted in some groups among what is permitted; and all of the words. */
export function passing(
  all: readonly ExplainedPermission[],
  verdict: VerdictFilter,
  words: string,
): readonly ExplainedPermission[] {
  const isLike = permissionsLike(words);
  return all.filter((one) => {
    const like = one.verdict === 'some groups' ? 'permitted' : one.verdict;
    if (verdict !== 'all' && like !== verdict && one.verdict !== verdict) return false;
    return isLike(one.permission, one.sentence);
  });
}

function sourceOf({ from, role, group }: Reason): string {
  if (from === 'sign-in') return 'Whoever is signed in may';
  const name = role === null ? 'the role' : `the role ${role.name}`;
  return from === 'account' ? `${name} in the account` : `${name} in the ${from} ${group?.name ?? ''}`.trim();
}

const listed = new Intl.ListFormat('en', { type: 'conjunction' });
const begun = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Why it is so, in a sentence or two. What is denied is told by who denies it: that wins, whoever permits it. */
export function whyText({ permission, verdict, why, hindered }: ExplainedPermission): string {
  if (hindered === 'exchange-wide')
    return 'It concerns the whole exchange, which this account does not operate: no role gives it here.';
  if (verdict === 'unset') return 'No role of theirs says anything of it, so it is not permitted.';
  const said = verdict === 'denied' ? 'deny' : 'permit';
  const telling = why.filter(({ says }) => says === said);
  if (telling.some(({ from }) => from === 'sign-in')) return 'Whoever is signed in may do this.';
  const sources = [...new Set(telling.map(sourceOf))];
  const wider = [...new Set(telling.map((one) => one.said))].filter((name) => name !== permission);
  const by = wider.length === 0 ? '' : `, by ${listed.format(wider)}`;
  const does = sources.length > 1 ? said : { permit: 'permits', deny: 'denies' }[said];
  const overruled = verdict === 'denied' && why.some(({ says }) => says === 'permit');
  const token = hindered === 'token' ? ' The token does not carry it.' : '';
  return `${begun(listed.format(sources))} ${does} it${by}.${overruled ? ' Another role permits it, but a denial wins.' : ''}${token}`;
}

/** How many studies somebody finds by a search, and why. */
export function reachText({ studies, own, group, granted, all }: Omit<ReachAnswer, 'user'>, isMe: boolean): string {
  const who = isMe ? 'You find' : 'They find';
  if (studies === 0) return `${who} no study.`;
  const total = `${who} ${formatCount(studies, 'study', 'studies')}`;
  if (all) return `${total}: all of the account.`;
  const parts = [
    own > 0 ? `${formatCount(own)} of ${isMe ? 'your' : 'their'} own` : '',
    group > 0 ? `${formatCount(group)} of ${isMe ? 'your' : 'their'} groups` : '',
    granted > 0 ? `${formatCount(granted)} that ${granted === 1 ? 'was' : 'were'} granted` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? `${total}.` : `${total}: ${parts.join(', ')}.`;
}
