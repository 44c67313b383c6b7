import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Road = {
  readonly url: string;
  /** Bytes that came from the browser so far. */
  readonly up: number;
  /** Cut, it ends every connection and takes no new one, as a line that is down. */
  cut(): void;
  /** Of a line that was cut: it takes connections again and passes nothing on before it is mended, so that no try comes to an end. */
  hold(): void;
  mend(): void;
  /** How many bytes a second it lets up in all; undefined: as many as come. */
  slow(bytesPerSecond: number | undefined): void;
  close(): Promise<void>;
};

/**
 * A line in front of an exchange that a test can cut and slow down. It passes bytes on as they come, TLS and all, so that
 * the browser talks to the exchange itself.
 */
export async function openRoad(target: { readonly host: string; readonly port: number }): Promise<Road> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const held = new Set<Socket>();
  let state: 'open' | 'held' | 'cut' = 'open';
  let up = 0;
  let pace: number | undefined;
  let freeAt = 0;

  const server = createServer((near) => {
    near.on('error', () => {});
    if (state === 'cut') near.resetAndDestroy();
    else if (state === 'held') held.add(near.once('close', () => held.delete(near)));
    else pass(near);
  });

  function pass(near: Socket): void {
    const far = connect(target);
    far.on('error', () => {});
    near.setNoDelay(true);
    far.setNoDelay(true);
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.once('close', end);
    far.once('close', end);
    far.pipe(near);
    near.on('data', (chunk: Buffer) => {
      up += chunk.length;
      const write = () => {
        if (!far.write(chunk)) return void far.once('drain', () => near.resume());
        return void near.resume();
      };
      near.pause();
      if (pace === undefined) return write();
      // One queue for all connections, as on one line.
      const now = performance.now();
      freeAt = Math.max(freeAt, now) + (chunk.length / pace) * 1_000;
      return void setTimeout(write, freeAt - now);
    });
    near.on('end', () => far.end());
  }
  const dropHeld = () => {
    for (const near of held) near.resetAndDestroy();
    held.clear();
  };
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', done);
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get up() {
      return up;
    },
    cut() {
      state = 'cut';
      dropHeld();
      for (const [near, far] of pairs) {
        near.resetAndDestroy();
        far.destroy();
      }
    },
    hold() {
      state = 'held';
    },
    mend() {
      state = 'open';
      for (const near of held) pass(near);
      held.clear();
    },
    slow(bytesPerSecond) {
      pace = bytesPerSecond;
      freeAt = 0;
    },
    async close() {
      const closed = new Promise((done) => server.close(done));
      dropHeld();
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await closed;
    },
  };
}
