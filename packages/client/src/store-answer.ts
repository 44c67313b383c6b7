import { storeAttributes as ours, sha256 } from '@symbolon/contract';
import { ClientError } from './errors.ts';

/** What became of one file. `held` is the digest of the file that stays, where it is another than the one sent. */
export type StoreOutcome =
  | { readonly kind: 'taken' | 'already held'; readonly held?: string }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

const referenced = '00081199';
const failureSequences = ['00081198', '0008119A'];

type Item = Readonly<Record<string, { readonly Value?: readonly unknown[] } | undefined>>;

function itemsOf(answer: Item, tag: string): readonly Item[] {
  const value = answer[tag]?.Value;
  return Array.isArray(value) ? value.filter((item) => item !== null && typeof item === 'object') : [];
}

function textOf(item: Item, tag: string): string | undefined {
  const value = item[tag]?.Value?.[0];
  return typeof value === 'string' ? value.trim() : undefined;
}

/**
 * Reads our answer to STOW-RS, a Store Instances Response in DICOM JSON, file by file.
 * Source  PS3.18 §10.5.3, Table 10.5.3-2; Annex F.2.
 */
export function readStoreAnswer(json: unknown): Map<string, StoreOutcome> {
  const answer = (Array.isArray(json) ? json[0] : json) as Item | undefined;
  if (answer === null || typeof answer !== 'object') {
    throw new ClientError(
      'EXCHANGE_ANSWER_STRANGE',
      'the exchange answered a store request with what is not DICOM JSON',
    );
  }
  const outcomes = new Map<string, StoreOutcome>();
  for (const item of itemsOf(answer, referenced)) {
    const sent = textOf(item, ours.sentSha256);
    if (sent === undefined) continue;
    const held = textOf(item, ours.heldSha256);
    const kind = textOf(item, ours.outcome) === 'ALREADY_HELD' ? 'already held' : 'taken';
    const other = held !== undefined && held !== sent && sha256.safeParse(held).success;
    outcomes.set(sent, other ? { kind, held } : { kind });
  }
  for (const item of failureSequences.flatMap((tag) => itemsOf(answer, tag))) {
    const sent = textOf(item, ours.sentSha256);
    if (sent === undefined) continue;
    const code = textOf(item, ours.refusal) ?? 'STORE_FAILED';
    outcomes.set(sent, { kind: 'refused', code, reason: textOf(item, ours.reason) ?? 'the exchange gave no reason' });
  }
  return outcomes;
}
