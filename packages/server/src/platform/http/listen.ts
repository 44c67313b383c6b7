import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { anotherListener } from './http-app.ts';
import type { TlsIdentity } from './tls.ts';

class ListenError extends Error {
  override readonly name = 'ListenError';
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const where = `${host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return new ListenError(`Another program listens on ${where}. Stop it, or set SYMBOLON_LISTEN to another port.`, {
      cause: error,
    });
  if (error.code === 'EACCES')
    return new ListenError(
      `The system does not let this user listen on ${where}. Set SYMBOLON_LISTEN to a port above 1023.`,
      { cause: error },
    );
  return new ListenError(`Listening on ${where} failed: ${error.code ?? error.message}.`, { cause: error });
}

/** How long a request that is under way may still take when the exchange stops. What was acknowledged is durable anyway. */
const graceMs = 10_000;

/**
 * Listens; for `localhost` on 127.0.0.1 and on ::1, since a browser may try either. Returns how to stop: nobody new is
 * let in, requests under way may end, and whoever has not ended after `graceMs` is cut off.
 */
export async function listen(
  app: FastifyInstance,
  tls: TlsIdentity,
  { host, port }: { host: string; port: number },
): Promise<{ close: () => Promise<void> }> {
  const first = host === 'localhost' ? '127.0.0.1' : host;
  await app.listen({ host: first, port }).catch((error: NodeJS.ErrnoException) => {
    throw explain(error, first, port);
  });
  if (host !== 'localhost') return { close: () => closeAll(app, []) };
  const second = anotherListener(app, tls);
  await new Promise<void>((done, failed) => {
    second.once('error', (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 has no ::1.
      if (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL') done();
      else failed(explain(error, '::1', port));
    });
    second.listen({ host: '::1', port, ipv6Only: true }, done);
  });
  return { close: () => closeAll(app, [second]) };
}

async function closeAll(app: FastifyInstance, others: readonly Server[]): Promise<void> {
  const cutOff = setTimeout(() => {
    for (const server of [app.server as Server, ...others]) server.closeAllConnections();
  }, graceMs);
  for (const server of others) {
    server.close();
    server.closeIdleConnections();
  }
  await app.close();
  clearTimeout(cutOff);
}
