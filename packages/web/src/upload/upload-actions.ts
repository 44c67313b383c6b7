import { walkEntries } from './choose/walk-entries.ts';
import type { Chosen, FromWorker, Group, Receipts, ToWorker } from './messages.ts';
import { clearNote, writeNote } from './reload-note.ts';
import { saveFile } from './save-file.ts';
import { chosenStudies, emptyState, heard } from './upload-state.ts';
import { changeUpload, uploadState } from './upload-store.ts';
import { verdictOn } from './verify-receipts.ts';

/** Files handed to the worker at once. */
const handful = 500;

let worker: Worker | undefined;
let walking = new AbortController();
let walks = 0;

function startWorker(): Worker {
  const started = new Worker(new URL('./upload.worker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', (event: MessageEvent<FromWorker>) => hear(event.data));
  started.addEventListener('error', () => changeUpload((state) => ({ ...state, broken: true })));
  return started;
}

function say(message: ToWorker): void {
  worker ??= startWorker();
  worker.postMessage(message);
}

function hear(message: FromWorker): void {
  changeUpload((state) => heard(state, message));
  if (message.kind === 'csv') saveFile('not-taken.csv', message.file);
  if (message.kind === 'receipts') void verifyHere(message.receipts);
  if (message.kind === 'send') writeNote(sessionStorage, message.send);
  if (message.kind === 'ended') {
    clearNote(sessionStorage);
    removeEventListener('beforeunload', warn);
  }
}

/** Where the worker could not verify, the page may. */
async function verifyHere(receipts: Receipts): Promise<void> {
  if (receipts.kind !== 'ready' || receipts.verified) return;
  const verdict = await verdictOn(receipts.files.map(({ file }) => file));
  if (verdict === 'unknown') return;
  const after: Receipts =
    verdict === 'true' ? { ...receipts, verified: true } : { kind: 'failed', code: 'RECEIPT_SIGNATURE_WRONG' };
  changeUpload((state) => (state.receipts === receipts ? { ...state, receipts: after } : state));
}

/** Browsers ask in words of their own whether one really wants to leave. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function begin(userId: string): void {
  changeUpload((state) => (state.stage === 'empty' ? { ...state, stage: 'choosing', userId } : state));
}

/** Files from an input: a folder's carry their path. */
export function addFiles(userId: string, files: Iterable<File>): void {
  begin(userId);
  let chosen: Chosen[] = [];
  for (const file of files) {
    const path = file.webkitRelativePath;
    chosen.push({ file, path: path === '' ? file.name : path, given: path === '' });
    if (chosen.length < handful) continue;
    say({ kind: 'add', chosen });
    chosen = [];
  }
  // Even nothing is told: a folder without files is to be answered too.
  say({ kind: 'add', chosen });
}

/** What was dropped. It must be taken in the event itself; folders are walked after it. */
export function addDropped(userId: string, items: DataTransferItemList): void {
  const entries: FileSystemEntry[] = [];
  const files: File[] = [];
  for (const item of items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    else if (file !== null) files.push(file);
  }
  if (entries.length + files.length === 0) return;
  begin(userId);
  if (files.length > 0) addFiles(userId, files);
  if (entries.length > 0) void walk(entries);
}

async function walk(entries: readonly FileSystemEntry[]): Promise<void> {
  const { signal } = walking;
  walks += 1;
  say({ kind: 'walks', walks });
  for await (const { chosen, unreadable } of walkEntries(entries, handful, signal)) {
    if (signal.aborted) return;
    if (unreadable.length > 0) say({ kind: 'unreadable', paths: unreadable });
    if (chosen.length > 0) say({ kind: 'add', chosen });
  }
  if (signal.aborted) return;
  walks -= 1;
  say({ kind: 'walks', walks });
}

function stopWalking(): void {
  walking.abort();
  walking = new AbortController();
  walks = 0;
}

export function stopScan(): void {
  stopWalking();
  say({ kind: 'walks', walks });
  say({ kind: 'stop scan' });
}

export function chooseStudies(keys: readonly number[], chosen: boolean): void {
  changeUpload((state) => {
    const unchosen = new Set(state.unchosen);
    for (const key of keys) {
      if (chosen) unchosen.delete(key);
      else unchosen.add(key);
    }
    return { ...state, unchosen };
  });
}

export function startSending(): void {
  const studies = chosenStudies(uploadState()).map(({ key }) => key);
  changeUpload((state) => ({ ...state, stage: 'sending', interrupted: undefined }));
  addEventListener('beforeunload', warn);
  say({ kind: 'send', studies });
}

export function tell(kind: 'pause' | 'go on' | 'try now' | 'finish' | 'ask held' | 'ask receipt' | 'csv'): void {
  say({ kind });
}

/** The next entries of a group. */
export function askList(group: Group): void {
  say({ kind: 'list', group, from: uploadState().lists.get(group)?.length ?? 0 });
}

/** Lets everything go: files, names, progress. */
export function forgetUpload(): void {
  stopWalking();
  worker?.terminate();
  worker = undefined;
  removeEventListener('beforeunload', warn);
  clearNote(sessionStorage);
  changeUpload(() => emptyState);
}

export function dismissInterrupted(): void {
  clearNote(sessionStorage);
  changeUpload((state) => ({ ...state, interrupted: undefined }));
}
