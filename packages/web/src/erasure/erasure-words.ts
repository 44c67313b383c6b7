import type { Erasure, ErasureGround, ErasureKind, ErasurePreview, Hold } from '@symbolon/contract';
import { formatBytes, formatCount, formatMoment } from '../ui/amounts.ts';

export const groundLabels: Readonly<Record<ErasureGround, string>> = {
  'asked-by-the-person': 'The person asked for it',
  'retention-ended': 'It need not be kept any longer',
  'sent-by-mistake': 'It was sent by mistake',
  'contract-ended': 'The contract ended',
  other: 'Another reason',
};

const kinds: Readonly<Record<ErasureKind, string>> = {
  study: 'A study',
  series: 'Series of a study',
  instances: 'Images of a study',
  patient: 'A patient',
  account: 'The whole account',
};

type Amounts = Pick<ErasurePreview, 'patients' | 'studies' | 'series' | 'instances' | 'bytes'>;

/** "1 study, 2 series, 40 images, 21 MB"; what is none is left out, images and bytes never. */
export function amountsText({ patients, studies, series, instances, bytes }: Amounts): string {
  return [
    patients > 0 && formatCount(patients, 'patient'),
    studies > 0 && formatCount(studies, 'study', 'studies'),
    series > 0 && formatCount(series, 'series', 'series'),
    formatCount(instances, 'image'),
    formatBytes(bytes),
  ]
    .filter((part) => part !== false)
    .join(', ');
}

export function kindText({ kind }: Pick<Erasure, 'kind'>): string {
  return kinds[kind];
}

const states: Readonly<Record<Erasure['state'], string>> = {
  asked: 'Begun: what stays is being sealed anew',
  'out of sight': 'Nobody finds it any more; its keys are being destroyed',
  'keys destroyed': 'Nothing of it opens any more; what lies in the stores is being removed',
  'objects removed': 'Removed from the stores; the keys above its own are being destroyed',
  certified: 'Erased and certified',
};

export function stateText({ state, failure }: Pick<Erasure, 'state' | 'failure'>): string {
  return failure === null ? states[state] : `${states[state]}. It waits (${failure}) and is tried again by itself`;
}

/** From when on nothing can bring it back, and what is to be done until then. */
export function finalText(finalAt: string | null, now: number): string | null {
  if (finalAt === null) return null;
  return Date.parse(finalAt) <= now
    ? `Final since ${formatMoment(finalAt)}: nothing can bring it back.`
    : `Final on ${formatMoment(finalAt)}: until then a backup of the keys from before still holds its keys. Delete such backups by then.`;
}

const holdScopes: Readonly<Record<Hold['of'], string>> = {
  study: 'This study is held',
  patient: 'All studies of this patient are held',
  account: 'The whole account is held',
};

export function holdText({ of }: Pick<Hold, 'of'>): string {
  return holdScopes[of];
}

const lastStep = 4;
const steps: Readonly<Record<Erasure['state'], number>> = {
  asked: 0,
  'out of sight': 1,
  'keys destroyed': 2,
  'objects removed': 3,
  certified: lastStep,
};

export function shareDone({ state }: Pick<Erasure, 'state'>): number {
  return steps[state] / lastStep;
}

/** Letters are letters, however they are put together, small or large, and a number is its digits. */
const plain = (text: string): string => text.normalize('NFC').trim().replace(/\s+/gu, ' ').toLocaleLowerCase();

/** Whether what was typed is one of what was to be typed. Nothing is ever what was to be. */
export function isConfirmed(typed: string, expected: readonly string[]): boolean {
  const wanted = expected.map(plain).filter((text) => text !== '');
  return wanted.includes(plain(typed));
}
