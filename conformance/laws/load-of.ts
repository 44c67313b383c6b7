import { setTimeout as pause } from 'node:timers/promises';
import { ctStudy, type Exchange, type Owner, type SyntheticFile } from '@symbolon/testbed';
import { ask, multipart } from './ask.ts';
import { digestOf } from './folder-of.ts';

/** What one store request came to. `code`: of the problem, or of an instance that was refused alone. */
type Answered = { readonly status: number; readonly code: string | undefined; readonly taken: readonly string[] };

export async function storeOnce(exchange: Exchange, me: Owner, files: readonly SyntheticFile[]): Promise<Answered> {
  const body = multipart(files.map(({ bytes }) => bytes));
  const answer = await ask(exchange, '/dicomweb/studies', { token: me.token, ...body });
  const told = answer.json() as Record<string, { Value?: Record<string, { Value: string[] }>[] }> & { code?: string };
  const values = (sequence: string, tag: string) =>
    (told[sequence]?.Value ?? []).flatMap((item) => item[tag]?.Value[0] ?? []);
  const code = told.code ?? values('00081198', '00091004')[0];
  return { status: answer.status, code, taken: values('00081199', '00091001') };
}

export type Load = {
  /** Requests that were answered so far with all taken, and with something refused. */
  readonly counts: { readonly taken: number; readonly refused: number };
  /** `503 BLOBS_UNAVAILABLE` and the like, each once. */
  readonly refusals: ReadonlySet<string>;
  /** Everything that was acknowledged. */
  readonly acknowledged: SyntheticFile[];
  /** What was not: broken connections among them. */
  readonly refused: SyntheticFile[];
  /** Ends it, when what is under way was answered. */
  end(): Promise<void>;
};

/** Studies of one to three instances and a patient of their own, each made once: `seed` is the first of its seeds. */
function* smallStudies(seed: number): Generator<SyntheticFile[], never> {
  for (let at = seed; ; at += 1) yield [...ctStudy({ seed: at, slices: 1 + (at % 3), rows: 32, columns: 32 })];
}

/** Sends new studies over four connections, one request after another, until it is ended. */
export function loadOf(exchange: Exchange, me: Owner, seed: number): Load {
  const studies = smallStudies(seed);
  const counts = { taken: 0, refused: 0 };
  const refusals = new Set<string>();
  const acknowledged: SyntheticFile[] = [];
  const refused: SyntheticFile[] = [];
  let ending = false;
  const send = async (): Promise<void> => {
    while (!ending) {
      const files = studies.next().value;
      const answer = await storeOnce(exchange, me, files).catch(() => undefined);
      const taken = new Set(answer?.taken);
      for (const file of files) (taken.has(digestOf(file.bytes)) ? acknowledged : refused).push(file);
      if (answer?.status === 200) counts.taken += 1;
      else {
        counts.refused += 1;
        refusals.add(answer === undefined ? 'no answer' : `${answer.status} ${answer.code}`);
        await pause(250);
      }
    }
  };
  const senders = Array.from({ length: 4 }, send);
  return {
    counts,
    refusals,
    acknowledged,
    refused,
    async end() {
      ending = true;
      await Promise.all(senders);
    },
  };
}

/** Waits for a moment that must come. */
export async function until(come: () => boolean | Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await come())) {
    if (performance.now() > giveUpAt) throw new Error(`it never came: ${what}`);
    await pause(20);
  }
}
