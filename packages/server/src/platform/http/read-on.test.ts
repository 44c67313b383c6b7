import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Patience, readOn } from './read-on.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server that answers each request at once, and reads on as it is told. */
async function answering(patience: Patience, heard: (request: IncomingMessage) => void = () => {}): Promise<Socket> {
  const server = createServer((request, answer) => {
    heard(request);
    readOn(request, patience);
    answer.end('told');
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return connect((server.address() as AddressInfo).port, '127.0.0.1');
}

const head = (length: number, connection = 'close'): string =>
  `POST / HTTP/1.1\r\nhost: x\r\nconnection: ${connection}\r\ncontent-length: ${length}\r\n\r\n`;

/** All that comes until the connection ends, however it does. */
function heardBy(socket: Socket): Promise<{ text: string; error: string | undefined }> {
  return new Promise((done) => {
    let text = '';
    let error: string | undefined;
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    socket.on('error', (why: NodeJS.ErrnoException) => {
      error = why.code;
    });
    socket.on('close', () => done({ text, error }));
  });
}

const mebibyte = 1024 * 1024;

test('who reads only after having sent everything hears the answer, and then the end', async () => {
  const socket = await answering({ ms: 60_000, bytes: 64 * mebibyte });
  const bytes = 32 * mebibyte;
  socket.pause();
  socket.write(head(bytes));
  await new Promise((sent) => socket.write(Buffer.alloc(bytes), sent));
  const { text, error } = await heardBy(socket.resume());
  expect(text).toMatch(/^HTTP\/1\.1 200 OK.*connection: close.*told/is);
  expect(error).toBeUndefined();
});

test('a connection that is kept takes the next request', async () => {
  const socket = await answering({ ms: 60_000, bytes: mebibyte });
  socket.write(head(5, 'keep-alive'));
  await new Promise((answered) => socket.once('data', answered));
  socket.write(`12345${head(5)}12345`);
  const { text } = await heardBy(socket);
  expect(text).toMatch(/^HTTP\/1\.1 200 OK.*connection: close.*told/is);
});

test('who goes on for longer, or sends more, than is borne is cut off', async () => {
  for (const patience of [
    { ms: 50, bytes: mebibyte },
    { ms: 60_000, bytes: mebibyte },
  ]) {
    const socket = await answering(patience);
    socket.write(head(1e9));
    if (patience.ms > 50) socket.write(Buffer.alloc(16 * mebibyte));
    expect((await heardBy(socket)).text).toContain('told');
  }
});

test('a request without a body, or one that came whole, is left as it is', async () => {
  const seen: IncomingMessage[] = [];
  const socket = await answering({ ms: 50, bytes: 0 }, (request) => seen.push(request));
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await new Promise((answered) => socket.once('data', answered));
  expect(seen[0]?.listenerCount('data')).toBe(0);
  expect(Object.hasOwn(seen[0]?.socket ?? {}, 'destroySoon')).toBe(false);
  socket.destroy();
});
