import type { Action, SightAnswer } from '@symbolon/contract';
import { administration, type Place, places } from '../app/places.ts';
import { formatCount } from '../ui/amounts.ts';

/** What there is to be done on the page of a study, in the order in which it stands there. */
const onAStudy: readonly { readonly needs: Action; readonly label: string }[] = [
  { needs: 'study.view', label: 'look at it' },
  { needs: 'study.download', label: 'download it' },
  { needs: 'link.create', label: 'share it by a link' },
  { needs: 'grant.create', label: 'share it with colleagues' },
  { needs: 'study.approve', label: 'approve it' },
  { needs: 'hold.place', label: 'hold it' },
  { needs: 'study.erase', label: 'erase it' },
];

export type Offered = { readonly menu: readonly Place[]; readonly study: readonly string[] };

/** What the pages show somebody who may do this: the same places by the same rule as their own menu. */
export function offeredBy(offers: readonly Action[]): Offered {
  const may = (needs: Action) => offers.includes(needs);
  return {
    menu: [...places, ...administration].filter(({ needs }) => may(needs)),
    study: onAStudy.filter(({ needs }) => may(needs)).map(({ label }) => label),
  };
}

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

export function menuText({ menu }: Offered): string {
  return menu.length === 0 ? 'Nothing.' : `${listed.format(menu.map(({ label }) => label))}.`;
}

export function studyText({ study }: Offered): string {
  return study.length === 0 ? 'Nothing.' : `What a study allows of this: ${listed.format(study)}.`;
}

/** What is said of a page of studies of which some may not be shown. */
export function pageText({ studies, hidden, total }: Pick<SightAnswer, 'studies' | 'hidden' | 'total'>): string {
  const all = total === null ? 'more than 10,000 studies' : formatCount(total, 'study', 'studies');
  if (studies.length + hidden === 0) return 'Their list of studies is empty.';
  const first = studies.length + hidden;
  const of = first === total ? `They find ${all}.` : `They find ${all}; these are the ${first} that arrived last.`;
  return hidden === 0 ? of : `${of} ${formatCount(hidden)} of these you may not see yourself.`;
}
