import type { Erasure, ErasurePreview, Hold } from '@symbolon/contract';
import { bytesText, countText } from '../terminal/amounts.ts';

/** Minutes are enough for people; UTC, as everywhere in the command line. */
export const minuteText = (moment: string): string => moment.slice(0, 16).replace('T', ' ');

type Amounts = Pick<Erasure, 'patients' | 'studies' | 'series' | 'instances' | 'bytes'>;

export function amountsText({ patients, studies, series, instances, bytes }: Amounts): string {
  const counts = [
    patients > 0 ? [countText(patients, 'patient')] : [],
    studies > 0 ? [countText(studies, 'study', 'studies')] : [],
    [countText(series, 'series', 'series'), countText(instances, 'instance')],
  ];
  return `${counts.flat().join(', ')}, ${bytesText(bytes)}`;
}

const holds: Readonly<Record<Hold['of'], string>> = {
  study: 'the study',
  patient: 'all studies of the patient',
  account: 'the whole account',
};

export function holdText({ id, of, reason, placedBy, placedAt, releasedBy, releasedAt }: Hold): string {
  const released = releasedAt === null ? '' : `, released by ${releasedBy ?? 'somebody'} ${minuteText(releasedAt)}`;
  return `${id}  holds ${holds[of]}, placed by ${placedBy} ${minuteText(placedAt)}${released}: ${reason}`;
}

/** What would go, in the order in which people ask. */
export function previewLines({ links, left, holds: stops, ...amounts }: ErasurePreview): readonly string[] {
  return [
    `To erase      ${amountsText(amounts)}`,
    ...(left > 0 ? [`Stays         ${countText(left, 'instance')} of the study`] : []),
    ...(links > 0 ? [`Links         ${countText(links, 'link')} to it would end`] : []),
    ...stops.map((hold) => `Held          ${holdText(hold)}`),
  ];
}

const states: Readonly<Record<Erasure['state'], string>> = {
  asked: 'what stays is being sealed anew',
  'out of sight': 'nobody finds it any more; its keys are being destroyed',
  'keys destroyed': 'nothing of it opens any more; its objects are being removed',
  'objects removed': 'the keys above are being destroyed',
  certified: 'certified',
};

export function stateText({ state, failure, finalAt }: Erasure): string {
  const waits = failure === null ? '' : ` (waits because of ${failure}; it is tried again by itself)`;
  const final = finalAt === null ? '' : `, final ${minuteText(finalAt)}`;
  return `${states[state]}${final}${waits}`;
}
