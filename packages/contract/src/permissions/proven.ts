import type { Action } from './actions.ts';

/** How long ago who is there was last proven, for what is dangerous. Unit: minutes. */
export const provenMinutes = 10;

/**
 * What a browser's session does only where who is there was proven a moment ago: whoever found a screen unlocked, or stole a
 * session, shall not stay (a token, another administrator), reach further, or destroy. Looking is never among them.
 */
export const provenActions: readonly Action[] = [
  // By which somebody stays after the session ended.
  'token.issue',
  'user.create',
  'user.reset',
  'account.create',
  'identity.clear',
  // And what else proves who somebody is, or does no longer.
  'factor.enrol',
  'factor.remove',
  'factor.recover',
  'factor.reset',
  // By which somebody may more, or is let in from elsewhere.
  'role.assign',
  'role.change',
  'account.transfer',
  'address.set',
  'policy.set',
  // What does not come back.
  'study.erase',
  'patient.erase',
  'account.erase',
  'hold.release',
  'key.rotate',
  'backup.release',
];
