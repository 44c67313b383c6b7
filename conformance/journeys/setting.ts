import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Exchange,
  expectQuiet,
  type Owner,
  openBrowser,
  owner,
  startExchange,
  type TestBrowser,
  type VisitOptions,
  type Visitor,
} from '@symbolon/testbed';
import { afterAll, beforeAll } from 'vitest';
import { ask } from '../laws/ask.ts';
import { folderOf, send } from '../laws/folder-of.ts';
import { heading } from './hands.ts';

type File = { readonly name: string; readonly bytes: Uint8Array };

/** One exchange and one browser for all journeys of a file. */
export type Setting = {
  readonly exchange: Exchange;
  readonly browser: TestBrowser;
  /** The owner of the account; only where the setting was asked for one. */
  readonly me: Owner;
  /** A folder of the test's own, deleted with the exchange. */
  readonly folder: string;
  visit(path: string, options?: VisitOptions): Promise<Visitor>;
  /** As somebody who signed in before, for journeys that are not about it; the list of studies opens, and is waited for. */
  visitAs(who: Pick<Owner, 'email' | 'password'>, options?: VisitOptions): Promise<Visitor>;
  /** Fails where one of these visitors saw something that a page of ours never does, and closes their windows. */
  leave(...visitors: readonly Visitor[]): Promise<void>;
  /** Sends files with the command line. */
  send(files: Iterable<File>): Promise<void>;
};

export type SettingOptions = {
  readonly claimed?: boolean;
  /** The owner's name and that of the account, as others see them. */
  readonly name?: string;
  readonly accountName?: string;
  /** Settings of the exchange. */
  readonly env?: Readonly<Record<string, string>>;
  /** Done once, before the first journey. */
  readonly before?: (setting: Setting) => Promise<void>;
};

export function setting({ claimed = true, before, env = {}, ...who }: SettingOptions = {}): Setting {
  const made: { exchange?: Exchange; browser?: TestBrowser; me?: Owner } = {};
  let sendings = 0;
  const it: Setting = {
    get exchange() {
      return made.exchange!;
    },
    get browser() {
      return made.browser!;
    },
    get me() {
      return made.me!;
    },
    get folder() {
      return join(dirname(made.exchange!.dataDir), 'journey');
    },
    visit: (path, options) => it.browser.visit(new URL(path, it.exchange.url).href, options),
    async visitAs({ email, password }, options = {}) {
      const answer = await ask(it.exchange, '/api/v1/sessions', { json: { email, password } });
      if (answer.status !== 201) throw new Error(`signing in was answered with ${answer.status}`);
      const flags = { path: '/', httpOnly: true, secure: true, sameSite: 'Strict', expires: -1 } as const;
      const { hostname: domain } = new URL(it.exchange.url);
      const cookies = (answer.headers['set-cookie'] ?? []).map((line) => {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) as unknown as [string, string, string];
        return { name, value, domain, ...flags };
      });
      const storageState = { cookies, origins: [] };
      const visitor = await it.visit('/', { ...options, more: { ...options.more, storageState } });
      await heading(visitor.page, 'Studies');
      return visitor;
    },
    async leave(...visitors) {
      for (const { context } of visitors) await context.close();
      expectQuiet(...visitors.map(({ watch }) => watch));
    },
    async send(files) {
      sendings += 1;
      const folder = join(it.folder, `sent-${sendings}`);
      await folderOf(folder, files);
      const { code, stderr } = await send(it.exchange, it.me, folder, join(it.folder, `receipt-${sendings}.json`));
      if (code !== 0) throw new Error(`symbolon send ended with ${code}: ${stderr}`);
    },
  };
  beforeAll(async () => {
    made.exchange = await startExchange({ env });
    await mkdir(it.folder);
    if (claimed) made.me = await owner(made.exchange, who);
    made.browser = await openBrowser({ trust: [made.exchange.ca] });
    await before?.(it);
  }, 240_000);
  afterAll(async () => {
    await made.browser?.close();
    const { process: running } = made.exchange ?? {};
    // One that ended by itself explains better than any page does why nothing answers.
    if (running && (running.exitCode ?? running.signalCode) !== null) console.error(made.exchange?.output());
    await made.exchange?.dispose();
  });
  return it;
}
