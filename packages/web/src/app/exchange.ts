import { type Exchange, fetchTransport, readAll, type Transport, type TransportAnswer } from '@symbolon/client';
import { paths } from '@symbolon/contract';
import { lock } from './lock.ts';
import { outage } from './outage.ts';
import { askPerson, type Question } from './questions.ts';
import { byItself } from './touch.ts';

type Listener = () => void;
const listeners = new Set<Listener>();

/** Told when the exchange says that nobody is signed in here any more. Returns how to stop listening. */
export function onSignInNeeded(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A 401 from these says something else: a wrong password, or a link that was not opened. */
const ownAffair = [paths.session, paths.sessions, paths.setup, paths.acceptInvitation, '/api/v1/shared/'];

const overFetch = fetchTransport((...request) => globalThis.fetch(...request));

/** The browser's fetch, which also notices when the exchange goes away or comes back, and says where nobody but the page asks. */
const watched: Transport = async (url, request) => {
  try {
    const answer = await overFetch(url, { ...request, headers: { ...request.headers, ...byItself() } });
    if (answer.status === 502 || answer.status === 503 || answer.status === 504) outage.began();
    else outage.ended();
    return answer;
  } catch (error) {
    if (!request.signal?.aborted) outage.began();
    throw error;
  }
};

const asks: Readonly<Record<string, Question>> = { ACCESS_PROOF_NEEDED: 'proof', IDENTITIES_CLOSED: 'identities' };
const mostRefusalBytes = 64 * 1024;

async function jsonOf(answer: TransportAnswer): Promise<{ readonly bytes: Uint8Array; readonly told: unknown }> {
  const bytes = await readAll(answer, mostRefusalBytes);
  try {
    return { bytes, told: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    return { bytes, told: undefined };
  }
}

/** Unit: milliseconds. */
const renewalMs = [200, 800];

/**
 * What the exchange says of the session once that is certain. One that goes on under another secret is nobody's to the exchange until
 * the browser has that secret: a question that comes between the two must sign nobody out.
 */
export async function settled<T extends { readonly state?: string }>(ask: () => Promise<T>): Promise<T> {
  for (const ms of renewalMs) {
    const answer = await ask();
    if (answer.state !== 'signed out') return answer;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
  return ask();
}

type Told = { readonly state?: string; readonly steps?: readonly string[] };

async function asked(): Promise<Told> {
  const answer = await watched(paths.session, { method: 'GET', headers: { accept: 'application/json' } });
  return ((await jsonOf(answer)).told ?? {}) as Told;
}

/**
 * How the session stands: another tab, or this one a moment ago, may have proven who is there, and the session has gone on under another
 * secret since the request left. `locked`: it goes on once the screen is open.
 */
async function standing(): Promise<'signed in' | 'locked' | undefined> {
  const { state, steps } = await settled(asked);
  if (state === 'signed in') return 'signed in';
  return steps?.[0] === 'unlock' && lock.engage() ? 'locked' : undefined;
}

/**
 * Asks once more where what stood in the way of a request is out of the way: whoever is there proved that it is them, opened
 * identities, or unlocked the screen. What was typed stays, since the call only takes longer.
 */
export const patiently =
  (transport: Transport): Transport =>
  async (url, request) => {
    const own = ownAffair.some((path) => url.startsWith(path));
    if (!own) await lock.opened();
    const answer = await transport(url, request);
    if (own || (answer.status !== 401 && answer.status !== 403)) return answer;
    const { bytes, told } = await jsonOf(answer);
    const again = await mayAskAgain(answer.status, (Object(told) as { readonly code?: string }).code ?? '');
    if (again) return transport(url, request);
    const body = (async function* () {
      yield bytes;
    })();
    return { ...answer, body };
  };

async function mayAskAgain(status: number, code: string): Promise<boolean> {
  if (status === 403) {
    const question = asks[code];
    return question !== undefined && (await askPerson(question));
  }
  const now = await standing().catch(() => undefined);
  if (now === 'signed in') return true;
  if (now === undefined) {
    for (const tell of listeners) tell();
    return false;
  }
  await lock.opened();
  return true;
}

/** The exchange that served this page. No token: the session's cookie goes with every request. Works in workers too. */
export const exchange: Exchange = { url: '', transport: patiently(watched) };
