import {
  boundaryOf,
  heldRequest,
  type Problem,
  paths,
  type ReceiptStatement,
  readMultipart,
  receiptFormat,
  receiptRequest,
  signedBytes,
  storeAttributes,
} from '@symbolon/contract';
import { digestOf, type NewHasher } from './digest.ts';
import { toBase64 } from './receipt-key.ts';

export type ScriptedRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array>;
};
export type ScriptedAnswer = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
};

/** What the next store requests do instead of being answered; taken from the front, one for each. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly code: Problem['code'];
      readonly retryAfterSeconds?: number;
    }
  /** The connection breaks; `taken` says whether the files had arrived all the same. */
  | { readonly kind: 'break'; readonly taken: boolean }
  /** It answers, and passes over the files. */
  | { readonly kind: 'forget' };

const accountId = '6f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b11';
const referenced = '00081199';
const failed = '00081198';

export function json(status: number, value: unknown, headers: Record<string, string> = {}): ScriptedAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}

/** A peer for tests: it speaks the wire, keeps what it is sent in memory, and fails as it is told. */
export class ScriptedExchange {
  readonly files = new Map<string, Uint8Array>();
  /** How often each file arrived and was kept: at most once, if all goes well. */
  readonly arrivals = new Map<string, number>();
  readonly faults: Fault[] = [];
  readonly refusals = new Map<string, { code: string; reason: string }>();
  readonly asked: string[] = [];
  batches: number[] = [];
  #newHasher: NewHasher;
  #keys: Promise<CryptoKeyPair>;

  constructor(newHasher: NewHasher) {
    this.#newHasher = newHasher;
    this.#keys = crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  }

  async spki(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.exportKey('spki', (await this.#keys).publicKey));
  }

  async answer(request: ScriptedRequest): Promise<ScriptedAnswer | 'break'> {
    this.asked.push(`${request.method} ${request.path}`);
    if (request.path === paths.me) return json(200, this.#me());
    if (request.path === paths.held) {
      const { sha256 } = heldRequest.parse(await readJson(request));
      return json(200, { held: sha256.filter((digest) => this.files.has(digest)) });
    }
    if (request.path === paths.receipts)
      return json(200, await this.#sign(receiptRequest.parse(await readJson(request))));
    if (request.path === `${paths.dicomweb}/studies`) return this.#store(request);
    return json(404, problem(404, 'NOT_FOUND'));
  }

  #me(): unknown {
    const role = { id: '6f1f3c1e-9a53-4b7e-8a52-3a1d6a0f9b12', name: 'Member', builtin: 'member' as const };
    return {
      userId: accountId,
      name: 'A',
      email: 'a@example.org',
      accountId,
      accountName: 'Clinic',
      role,
      permissions: [],
    };
  }

  async #store(request: ScriptedRequest): Promise<ScriptedAnswer | 'break'> {
    const fault = this.faults.shift();
    if (fault?.kind === 'answer') {
      const after = fault.retryAfterSeconds;
      return json(
        fault.status,
        problem(fault.status, fault.code),
        after === undefined ? {} : { 'retry-after': String(after) },
      );
    }
    if (fault?.kind === 'break' && !fault.taken) return 'break';
    const items: Record<string, unknown[]> = { [referenced]: [], [failed]: [] };
    let count = 0;
    for await (const part of readMultipart(request.body, boundaryOf(request.headers.get('content-type') ?? ''))) {
      count += 1;
      const bytes = await gather(part.body);
      const sent = digestOf(this.#newHasher, bytes);
      const refusal = this.refusals.get(sent);
      if (refusal !== undefined)
        items[failed]?.push(item({ sentSha256: sent, refusal: refusal.code, reason: refusal.reason }));
      else {
        const outcome = this.files.has(sent) ? 'ALREADY_HELD' : 'TAKEN';
        if (outcome === 'TAKEN') this.arrivals.set(sent, (this.arrivals.get(sent) ?? 0) + 1);
        this.files.set(sent, bytes);
        items[referenced]?.push(item({ sentSha256: sent, heldSha256: sent, outcome }));
      }
    }
    this.batches.push(count);
    if (fault?.kind === 'break') return 'break';
    if (fault?.kind === 'forget') return json(200, {});
    const answer = Object.fromEntries(Object.entries(items).map(([tag, Value]) => [tag, { vr: 'SQ', Value }]));
    return json(items[failed]?.length === 0 ? 200 : 202, answer, { 'content-type': 'application/dicom+json' });
  }

  async #sign({ sha256, contents }: { sha256: string[]; contents: string }): Promise<unknown> {
    const { privateKey } = await this.#keys;
    const statement: ReceiptStatement = {
      format: receiptFormat,
      exchange: 'https://exchange.example.org',
      accountId,
      issuedAt: '2026-01-02T03:04:05.000Z',
      instances: sha256.map((digest) => ({ sha256: digest, bytes: this.files.get(digest)?.length ?? 0 })),
      contents,
    };
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, signedBytes(statement)));
    return { statement, publicKey: toBase64(await this.spki()), signature: toBase64(signature) };
  }
}

function problem(status: number, code: Problem['code']): Problem {
  return { type: 'about:blank', title: code, status, code, detail: `scripted ${code}` };
}

function item(values: Partial<Record<keyof typeof storeAttributes, string>>): unknown {
  const named = Object.entries(values).map(([key, value]) => [
    storeAttributes[key as 'reason'],
    { vr: 'UT', Value: [value] },
  ]);
  return Object.fromEntries([[storeAttributes.creator, { vr: 'LO', Value: [storeAttributes.creatorName] }], ...named]);
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) all.push(chunk.slice());
  return new Uint8Array(await new Blob(all).arrayBuffer());
}

async function readJson(request: ScriptedRequest): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await gather(request.body)));
}
