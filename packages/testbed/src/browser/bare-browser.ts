import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { browserCommand, browserFlags } from './open-browser.ts';
import { desk } from './screens.ts';

type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** The answer to a command, or an event, in the words of Chromium's debugger. */
// biome-ignore lint/suspicious/noExplicitAny: the protocol has hundreds of shapes, and tests read a handful of fields
type Told = any;

/**
 * One window of a Chromium that nothing watches but what a test switches on. Playwright always listens to the network,
 * and while anybody does, the page's process keeps the bodies of answers: whoever measures its memory measures those.
 */
export type BareBrowser = {
  call(method: string, params?: Readonly<Record<string, Value>>): Promise<Told>;
  on(event: string, heard: (params: Told) => void): void;
  /** Runs a function in the page; it sees nothing of the test but its arguments. */
  run<A extends readonly Value[], R>(body: (...args: A) => R, ...args: A): Promise<Awaited<R>>;
  /** Process ids of what renders pages, Chromium's own surface left out. */
  renderers(): Promise<readonly number[]>;
  close(): Promise<void>;
};

/** Chromium draws its tabs and menus as pages too, also where nobody sees them. */
const ownSurface = '--top-chrome-webui';

export async function openBareBrowser({
  trust = [],
}: {
  readonly trust?: readonly string[];
} = {}): Promise<BareBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'symbolon-browser-'));
  const child = spawn(
    browserCommand(),
    [
      ...['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--force-prefers-reduced-motion'],
      ...[`--window-size=${desk.width},${desk.height}`, ...browserFlags(trust), 'about:blank'],
    ],
    { env: { ...process.env, LANGUAGE: 'en_GB' }, stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  const dispose = async () => {
    child.kill();
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(late);
    process.off('exit', killOnExit);
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const wire = await connect(await debuggerOf(profile));
    const { targetInfos } = await wire.call('Target.getTargets');
    const { targetId } = targetInfos.find(({ type }: Told) => type === 'page');
    const { sessionId } = await wire.call('Target.attachToTarget', { targetId, flatten: true });
    const call: BareBrowser['call'] = (method, params = {}) => wire.call(method, params, sessionId);
    return {
      call,
      on: wire.on,
      async run(body, ...args) {
        const expression = `(${body})(...${JSON.stringify(args)})`;
        const how = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
        const { result, exceptionDetails } = await call('Runtime.evaluate', how);
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
      },
      async renderers() {
        const { processInfo } = await wire.call('SystemInfo.getProcessInfo');
        const ids: number[] = processInfo.filter(({ type }: Told) => type === 'renderer').map(({ id }: Told) => id);
        const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'latin1')));
        return ids.filter((_, index) => !commands[index]!.includes(ownSurface));
      },
      async close() {
        wire.close();
        await dispose();
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Chromium writes where its debugger listens once it does. */
async function debuggerOf(profile: string): Promise<string> {
  for (const giveUpAt = performance.now() + 30_000; performance.now() < giveUpAt; await pause(50)) {
    const written = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
    const [port, path] = written.split('\n');
    if (path?.startsWith('/')) return `ws://127.0.0.1:${port}${path}`;
  }
  throw new Error('chromium did not open its debugger in 30 s');
}

async function connect(url: string) {
  const socket = new WebSocket(url);
  const waiting = new Map<number, { done(result: Told): void; failed(error: Error): void }>();
  const heard = new Map<string, ((params: Told) => void)[]>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error, method, params } = JSON.parse(String(data));
    const asked = waiting.get(id);
    if (asked === undefined) for (const tell of heard.get(method) ?? []) tell(params);
    waiting.delete(id);
    if (error) asked?.failed(new Error(error.message));
    else asked?.done(result);
  });
  socket.addEventListener('close', () => {
    for (const { failed } of waiting.values()) failed(new Error('chromium is gone'));
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`no debugger at ${url}`)));
  });
  return {
    call: (method: string, params: object = {}, sessionId?: string) =>
      new Promise<Told>((done, failed) => {
        last += 1;
        waiting.set(last, { done, failed });
        socket.send(JSON.stringify({ id: last, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
      }),
    on: (event: string, tell: (params: Told) => void) => {
      heard.set(event, [...(heard.get(event) ?? []), tell]);
    },
    close: () => socket.close(),
  };
}
