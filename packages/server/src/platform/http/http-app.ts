import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Problem } from '@symbolon/contract';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { causesOf } from '../causes-of.ts';
import { requireClientAddress, type TrustsProxy } from './client-address.ts';
import { readOn } from './read-on.ts';
import type { TlsIdentity } from './tls.ts';

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="symbolon"');
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds);
  return reply.status(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
}

/** What every answer carries, so that no browser makes more of it than it is. */
function safeHeaders(reply: FastifyReply): void {
  reply.header('strict-transport-security', 'max-age=31536000');
  reply.header('x-content-type-options', 'nosniff');
  if (!reply.hasHeader('content-security-policy'))
    reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
  reply.header('referrer-policy', 'no-referrer');
  reply.header('cross-origin-resource-policy', 'same-origin');
}

/** Of an address that is none; `pages` says who is told so. */
export function sendNotFound(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, notFound);
}

const notFound: Problem = {
  type: 'urn:symbolon:problem:NOT_FOUND',
  title: 'Not found',
  status: 404,
  code: 'NOT_FOUND',
  detail: 'There is nothing at this address.',
};

/** Of an address at which something is, but not with this method. Whoever asks with the right one learns as much. */
export function sendMethodNotAllowed(reply: FastifyReply, methods: readonly string[]): FastifyReply {
  return sendProblem(reply.header('allow', methods.join(', ')), methodNotAllowed);
}

const methodNotAllowed: Problem = {
  type: 'urn:symbolon:problem:METHOD_NOT_ALLOWED',
  title: 'Not with this method',
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  detail: 'There is something at this address, but not with this method. The Allow header names those there are.',
};

/** Answers what is not HTTP. Fastify's own handler logs the packet, in which a token or a name may stand. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.destroySoon();
}

const keepAliveTimeout = 72_000;
/** DICOMweb clients list media types, frames and UIDs in heads; a longer one answers 431. */
const maxHeadBytes = 65_536;
/** Of one part of a path: a list of frames is the longest. */
const maxParamLength = 16_384;

const tlsSettings = ({ certificate, key }: TlsIdentity) =>
  ({ cert: certificate, key, minVersion: 'TLSv1.2', noDelay: true, maxHeaderSize: maxHeadBytes }) as const;

/** Another listener of the same app. */
export function anotherListener(app: FastifyInstance, tls: TlsIdentity): Server {
  // As the first: slow heads are cut off, slow bodies are not.
  const server = createServer({ ...tlsSettings(tls), requestTimeout: 0, keepAliveTimeout }, app.routing);
  return server.on('clientError', refuseUnreadable);
}

/**
 * The HTTPS listener's frame: TLS 1.2 or newer, answers to errors, safe headers, a log that names no path.
 * `problemOf` is the one table that turns errors into answers; `trustsProxy` says whose word on the client's address is taken,
 * and without it nobody's is.
 */
export function httpApp(
  tls: TlsIdentity,
  log: FastifyBaseLogger,
  problemOf: (error: unknown) => Problem,
  trustsProxy: TrustsProxy | undefined,
): FastifyInstance {
  const app = fastify({
    ...(trustsProxy && { trustProxy: trustsProxy }),
    https: tlsSettings(tls),
    loggerInstance: log,
    // Its own lines name the path, and with it UIDs; `onResponse` below says what may be said.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 256 * 1024,
    requestTimeout: 0,
    // Slow heads are cut off; slow bodies are not: a hospital's line may be slow.
    connectionTimeout: 0,
    keepAliveTimeout,
    routerOptions: { maxParamLength },
    // Given here and not set later, for else fastify reads Ajv and fast-json-stringify first, which nothing uses. Its types know
    // of no schemas but theirs here.
    schemaController: {
      compilersFactory: {
        buildValidator: () => validatorCompiler as never,
        buildSerializer: () => serializerCompiler as never,
      },
    },
    exposeHeadRoutes: false,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    // An address that cannot be decoded reaches no route and no error handler; fastify's own answer would quote it.
    frameworkErrors: (error, request, reply) => {
      // No hook runs there.
      readOn(request.raw);
      safeHeaders(reply as unknown as FastifyReply);
      return sendProblem(reply as unknown as FastifyReply, problemOf(error));
    },
    clientErrorHandler: refuseUnreadable,
  }) as unknown as FastifyInstance;
  app.addHook('onSend', async (request, reply) => {
    safeHeaders(reply);
    readOn(request.raw);
  });
  app.addHook('onRequest', async (request) => requireClientAddress(request));
  app.addHook('onResponse', async (request, reply) => {
    // The route's template, never the path: it would carry UIDs.
    const route = request.routeOptions.url ?? 'none';
    request.log.info(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    const route = request.routeOptions.url ?? 'none';
    if (problem.status >= 500) request.log.error({ route, code: problem.code, problem: causesOf(error) }, 'failed');
    return sendProblem(reply, problem);
  });
  return app;
}
