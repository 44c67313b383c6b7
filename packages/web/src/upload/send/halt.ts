import { ClientError } from '@symbolon/client';
import type { HaltReason } from '../messages.ts';

/** Why sending cannot go on by itself; everything chosen stays in memory until a person says what next. */
export class Halt extends Error {
  override readonly name = 'Halt';
  readonly why: HaltReason;
  readonly code: string;
  constructor(why: HaltReason, code: string) {
    super(why);
    this.why = why;
    this.code = code;
  }
}

export function haltOf(error: unknown): Halt {
  if (error instanceof Halt) return error;
  if (!(error instanceof ClientError)) return new Halt('failed', 'PAGE_FAILED');
  const code = error.problemCode ?? error.code;
  if (error.status === 401) return new Halt('signed out', code);
  return new Halt(error.status === 403 ? 'not allowed' : 'failed', code);
}
