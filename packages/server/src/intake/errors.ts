import type { RefusalCode } from '@symbolon/contract';

export type IntakeErrorCode =
  | 'INTAKE_CONTENT_TYPE_UNSUPPORTED'
  | 'INTAKE_EMPTY'
  | 'INTAKE_MULTIPART_BROKEN'
  | 'REQUEST_TOO_LARGE'
  | 'RECEIPT_INSTANCE_NOT_HELD';

/** The whole request cannot be taken. */
export class IntakeError extends Error {
  override readonly name = 'IntakeError';
  readonly code: IntakeErrorCode;
  constructor(code: IntakeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** One instance of a request is not taken; the others are no worse for it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Of those that would be committed together these are not taken; without them the others can be. */
export class RefusalOfSome extends Refusal {
  readonly instances: ReadonlySet<object>;
  constructor(code: RefusalCode, message: string, instances: ReadonlySet<object>) {
    super(code, message);
    this.instances = instances;
  }
}

/** Its sender was waited for, while others waited for the memory that the request holds. */
export const tooSlow = (): IntakeError =>
  new IntakeError(
    'INTAKE_MULTIPART_BROKEN',
    'It came so slowly that others waited for the memory that it holds. Send it again, in smaller requests, or later.',
  );
