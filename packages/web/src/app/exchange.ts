import { type Exchange, fetchTransport, type Transport } from '@symbolon/client';
import { paths } from '@symbolon/contract';
import { outage } from './outage.ts';

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

/** The browser's fetch, which also notices when the exchange goes away, comes back, or no longer knows us. */
const watched: Transport = async (url, request) => {
  try {
    const answer = await overFetch(url, request);
    if (answer.status === 502 || answer.status === 503 || answer.status === 504) outage.began();
    else outage.ended();
    if (answer.status === 401 && !ownAffair.some((path) => url.startsWith(path))) for (const tell of listeners) tell();
    return answer;
  } catch (error) {
    if (!request.signal?.aborted) outage.began();
    throw error;
  }
};

/** The exchange that served this page. No token: the session's cookie goes with every request. Works in workers too. */
export const exchange: Exchange = { url: '', transport: watched };
