import { type Exchange, held, Patience } from '@symbolon/client';
import { patiently } from '../app/exchange.ts';
import type { FromWorker, HeldAsked, ToWorker } from './messages.ts';
import { csvFile } from './scan/csv.ts';
import { Scan } from './scan/scan.ts';
import { WakingClock } from './send/clock.ts';
import { receiptsOf } from './send/receipts.ts';
import { Send } from './send/send.ts';
import { xhrTransport } from './send/xhr-transport.ts';

/** A worker's global, as much of it as is used: the types of this house are those of pages. */
type Scope = EventTarget & { postMessage(message: FromWorker): void };
const scope = globalThis as unknown as Scope;

const exchange: Exchange = { url: '', transport: patiently(xhrTransport) };
const clock = new WakingClock(scope);
/** Often enough for progress that looks alive, and not more than anybody can read. */
const reportMs = 200;
const heldPatience = { giveUpAfterMs: 20_000, maxDelayMs: 5000 };

const scan = new Scan(askWhenIdle);
let walks = 0;
let heldAsked: HeldAsked = 'not yet';
let asking = new AbortController();
let send: Send | undefined;
let sending = false;

setInterval(() => {
  if (scanning()) reportScan();
  else if (sending) reportSend();
}, reportMs);

function scanning(): boolean {
  return scan.running || walks > 0;
}

function reportScan(): void {
  const { files, ofFiles, bytes, stopped } = scan;
  const facts = { running: scanning(), stopped, files, ofFiles, bytes, held: heldAsked };
  scope.postMessage({ kind: 'scan', scan: facts, studies: scan.studies.takeChanged(), left: scan.left.groups() });
}

function reportSend(): void {
  if (send !== undefined) scope.postMessage({ kind: 'send', send: send.facts(), studies: send.takeChanged() });
}

function askWhenIdle(): void {
  if (scanning()) reportScan();
  else void askHeld();
}

/** Which of the files found are held, so that a person sees it before sending. */
async function askHeld(): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const open = scan.items.filter((item) => !item.held);
  heldAsked = open.length === 0 ? 'asked' : 'asking';
  reportScan();
  if (open.length === 0) return;
  try {
    const patience = new Patience(clock, { ...heldPatience, signal });
    const digests = open.map(({ sha256 }) => sha256);
    const there = await patience.persist(() => held(exchange, digests, signal));
    for (const item of open) {
      if (!there.has(item.sha256) || item.held) continue;
      item.held = true;
      scan.studies.held(item.study, item.source.bytes);
    }
    heldAsked = 'asked';
  } catch {
    if (signal.aborted) return;
    heldAsked = 'failed';
  }
  reportScan();
}

function startSending(studies: readonly number[]): void {
  const chosen = new Set(studies);
  asking.abort();
  const items = scan.items.filter(({ study }) => chosen.has(study));
  send = new Send({ exchange, clock, left: scan.left, onState: reportSend, onEnd: ended }, items);
  sending = true;
  void send.go();
}

function ended(): void {
  if (send === undefined) return;
  sending = false;
  reportSend();
  scope.postMessage({ kind: 'ended', end: send.end(), left: scan.left.groups() });
  void makeReceipts();
}

async function makeReceipts(): Promise<void> {
  if (send === undefined || send.outcomes.settled.size === 0) return;
  scope.postMessage({ kind: 'receipts', receipts: { kind: 'asking' } });
  const contents = { taken: send.outcomes.taken, refused: [...scan.left.refused()] };
  scope.postMessage({ kind: 'receipts', receipts: await receiptsOf(exchange, clock, contents) });
}

function hear(message: ToWorker): void {
  switch (message.kind) {
    case 'add':
      asking.abort();
      heldAsked = 'not yet';
      scan.add(message.chosen);
      break;
    case 'unreadable':
      for (const path of message.paths) scan.unreadable(path);
      break;
    case 'walks':
      walks = message.walks;
      askWhenIdle();
      break;
    case 'stop scan':
      scan.stop();
      askWhenIdle();
      break;
    case 'ask held':
      askWhenIdle();
      break;
    case 'send':
      startSending(message.studies);
      break;
    case 'pause':
      send?.pause();
      break;
    case 'go on':
      void send?.go();
      break;
    case 'try now':
      clock.wake();
      break;
    case 'finish':
      send?.finish();
      break;
    case 'ask receipt':
      void makeReceipts();
      break;
    case 'csv':
      scope.postMessage({ kind: 'csv', file: csvFile(scan.left.refused()) });
      break;
    case 'list': {
      const { group, from } = message;
      scope.postMessage({ kind: 'list', group, from, entries: scan.left.list(group, from) });
      break;
    }
  }
}

// What nobody caught is a mistake of ours, which the page is to tell.
scope.addEventListener('unhandledrejection', (event) => {
  setTimeout(() => {
    throw (event as PromiseRejectionEvent).reason;
  });
});
scope.addEventListener('message', (event) => hear((event as MessageEvent<ToWorker>).data));
