import type { Root } from './root.ts';
import type { Sent } from './sent.ts';

/** One sentence of PS3.18 that a root can be asked about from outside. */
export type Check = {
  /** What the root does, in words. */
  readonly says: string;
  /** Holds it against a root; throws where the root does something else. */
  readonly holds: (root: Root, sent: Sent) => Promise<void>;
  /** Why the exchange does something else. */
  readonly unlike?: string;
};

/** A clause of PS3.18, and what is asked of it. */
export type Clause = { readonly clause: string; readonly title: string; readonly checks: readonly Check[] };

export const check = (says: string, holds: Check['holds']): Check => ({ says, holds });
export const unlike = (why: string, of: Check): Check => ({ ...of, unlike: why });
