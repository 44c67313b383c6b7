import type { Answer } from '../laws/ask.ts';
import type { Place } from './matrix.ts';
import type { About } from './roads.ts';

type Asked = { readonly about: About; readonly answer: Answer };

/** What the asker said themselves may come back: which of the ids it was is not told by that. */
function withoutWhatWasAsked(text: string, { study, here, place }: About): string {
  const said = [...Object.values(study), study.link.id, study.link.secret, here.holdAt(place), here.erasureAt(place)];
  return said.reduce<string>(
    (rest, one) => (typeof one === 'string' && one.length > 3 ? rest.replaceAll(one, '…') : rest),
    text,
  );
}

const ofTheRequest = new Set(['date', 'content-length', 'x-request-id', 'request-id']);

function told({ about, answer: { status, headers, body } }: Asked): Readonly<Record<string, string>> {
  const kept = Object.entries(headers).filter(([name]) => !ofTheRequest.has(name));
  return {
    status: String(status),
    headers: withoutWhatWasAsked(JSON.stringify(kept), about),
    body: withoutWhatWasAsked(body.toString('latin1'), about),
  };
}

/** By what somebody could tell two answers apart. */
export function apart(one: Asked, other: Asked): string[] {
  const [a, b] = [told(one), told(other)];
  return Object.keys(a)
    .filter((name) => a[name] !== b[name])
    .map((name) => `${name}: ${a[name]} and ${b[name]}`);
}

const rounds = 40;
/** Less than this no network lets through. Units: milliseconds. */
const floor = 0.4;
const tries = 3;

const quartile = (values: readonly number[], which: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length * which) / 4)] as number;

/**
 * Asks of what is foreign, of what is a colleague's and of what is absent in turns. Gives which takes another time than what
 * is absent, by more than what is absent differs from itself. A busy machine may do that once; what tells does it always.
 */
export async function tellingTimes(asking: (place: Place) => Promise<number>): Promise<string[]> {
  let telling: string[] = [];
  for (let time = 0; time < tries; time += 1) {
    telling = await timedOnce(asking);
    if (telling.length === 0) break;
  }
  return telling;
}

async function timedOnce(asking: (place: Place) => Promise<number>): Promise<string[]> {
  const turns = ['absent', 'other', 'same', 'absent'] as const;
  const times = { absent: [] as number[], other: [] as number[], same: [] as number[] };
  // The first few warm up.
  for (let round = -5; round < rounds; round += 1) {
    for (const turn of turns) {
      const started = performance.now();
      const status = await asking(turn);
      if (status !== 404) return [`${turn}: ${status}`];
      if (round >= 0) times[turn].push(performance.now() - started);
    }
  }
  const first = (values: readonly number[]) => quartile(values, 1);
  const noise = quartile(times.absent, 3) - first(times.absent);
  return (['other', 'same'] as const).flatMap((turn) => {
    const difference = Math.abs(first(times[turn]) - first(times.absent));
    return difference > Math.max(noise, floor) ? [`${turn}: ${difference} ms, among ${noise} ms`] : [];
  });
}
