import type { BareBrowser } from './bare-browser.ts';

/**
 * Everything that a page of ours never does by itself, as it happens: errors and warnings on the console, failed requests
 * and breaches of the policy among them, dialogs, a crash, and requests to other hosts than those of `at`. It asks before
 * each request, which keeps nothing of the answers, as listening to the network would.
 */
export async function bareWatch({ call, on }: BareBrowser, at: readonly string[]): Promise<readonly string[]> {
  const own = new Set(at.map((url) => new URL(url).origin));
  const loud: string[] = [];
  on('Log.entryAdded', ({ entry }) => {
    if (['error', 'warning'].includes(entry.level)) loud.push(`${entry.level}: ${entry.text} ${entry.url ?? ''}`);
  });
  on('Runtime.consoleAPICalled', ({ type, args }) => {
    const said = args.map(({ value, description }: { value?: unknown; description?: string }) => value ?? description);
    if (['error', 'warning', 'assert'].includes(type)) loud.push(`${type}: ${said.join(' ')}`);
  });
  on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception } }) => {
    loud.push(`error: ${exception?.description ?? text}`);
  });
  on('Page.javascriptDialogOpening', ({ type, message }) => {
    loud.push(`dialog: ${type}: ${message}`);
    call('Page.handleJavaScriptDialog', { accept: type === 'beforeunload' }).catch(() => {});
  });
  on('Inspector.targetCrashed', () => loud.push('crash'));
  on('Fetch.requestPaused', ({ requestId, request: { method, url } }) => {
    const { protocol, origin } = new URL(url);
    if (!['data:', 'blob:'].includes(protocol) && !own.has(origin)) loud.push(`other host: ${method} ${url}`);
    // The page may have given it up by then.
    call('Fetch.continueRequest', { requestId }).catch(() => {});
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Inspector']) await call(`${domain}.enable`);
  await call('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
  return loud;
}
