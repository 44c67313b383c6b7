import type { IncomingMessage } from 'node:http';

/** How long, and how much, is read of a request that is answered already. Units: milliseconds, bytes. */
export type Patience = { readonly ms: number; readonly bytes: number };

const usual: Patience = { ms: 30_000, bytes: 512 * 1024 * 1024 };

/**
 * Reads on what a sender still sends to a request that is being answered, and throws it away: a socket that is closed
 * with unread bytes in it resets the connection, and a sender that writes first and reads then never learns why.
 *
 * Whoever has not ended by then is cut off; a connection that was to be closed is closed at the end of the request.
 * Cost  nothing is held; one timer for each such request.
 */
export function readOn(request: IncomingMessage, patience: Patience = usual): void {
  const { socket, headers } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
  if (!hasBody || request.complete || request.destroyed) return;
  let closing = false;
  // Node's own server calls this as soon as the last answer of a connection is written.
  socket.destroySoon = () => {
    closing = true;
  };
  const timer = setTimeout(() => socket.destroy(), patience.ms);
  let left = patience.bytes;
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  });
  request.once('close', () => {
    clearTimeout(timer);
    // The prototype's own shows again.
    Reflect.deleteProperty(socket, 'destroySoon');
    if (closing) socket.destroySoon();
  });
}
